/** Logging in, and the page that makes a key for a script. */

export const login = {
  title: "Log in",
  key: "API key",
  keyHint: "On the server's machine, `runwell key` prints it and `runwell open` logs you in without it.",
  submit: "Log in",
  usePassword: "Use a name and password",
  useKey: "Use an API key",
  user: "Name",
  password: "Password",
  opening: "Logging in…",
  linkUsed: "This login link was used already or is older than ten minutes.",
  linkMore: "`runwell open` on the server's machine makes a new one, or paste a key here.",
};

export const authorize = {
  title: "A key for your script",
  text: "Make a key, copy it, and paste it where the script asks for it.",
  make: "Make a key",
  name: "Key name",
  defaultName: "made on this page",
  once: "Copy it now, it will not be shown again.",
  done: "Paste it into the terminal. This page may be closed.",
};
