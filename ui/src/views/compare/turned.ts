/** What is open of the compared code and logs: the address has it, so that whoever gets it sees the same. */
import { changeView, viewStore } from "../../state/view";
import { useView } from "../parts/hooks";

/**
 * Gives whether a part is open, and what opens or closes it.
 *
 * @param part its name in the address: `log`, `file:optim.py`. @param byItself whether it is open unless told otherwise.
 */
export function useTurned(part: string, byItself = false): [boolean, () => void] {
  const isTurned = useView((view) => view.turned.includes(part));
  const turn = () => {
    const { turned } = viewStore.getState();
    changeView({ turned: turned.includes(part) ? turned.filter((one) => one !== part) : [...turned, part] });
  };
  return [isTurned !== byItself, turn];
}
