import { expect, it } from "vitest";
import { readPackages } from "./diffPackages";

it("reads what pip freeze says", () => {
  const text = `# made by hand
Torch==2.8.1
ruamel.yaml==0.18 ; python_version > "3"
my_pkg @ https://example.org/my-pkg.whl
-e git+https://example.org/o/kfood.git@4f1c9e2#egg=kfood
uvicorn[standard]>=0.30
--extra-index-url https://example.org
alone
`;
  expect(readPackages(text)).toEqual({
    torch: "2.8.1",
    "ruamel-yaml": "0.18",
    "my-pkg": "https://example.org/my-pkg.whl",
    kfood: "git+https://example.org/o/kfood.git@4f1c9e2",
    uvicorn: "0.30",
    alone: "",
  });
});
