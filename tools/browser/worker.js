// Tiphys in a worker, so that the page stays responsive and can end it. It is told {number, files}, and answers {number, result}.
import { loadPyodide } from "./pyodide.mjs";

const here = new URL(".", import.meta.url).href;
const kept = new Map();
let loaded = 0;

const fetched = async (name) => {
  const response = await fetch(here + name);
  if (!response.ok) throw new Error(`${name}: ${response.status} ${response.statusText}`);
  const parts = [];
  for (const reader = response.body.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) return new Blob(parts);
    parts.push(value);
    loaded += value.length;
    postMessage({ loaded });
  }
};

// Web servers rarely compress WebAssembly, which is a third of its size then. A server may unpack it for us.
const unpacked = async (blob) => {
  const [first, second] = new Uint8Array(await blob.slice(0, 2).arrayBuffer());
  if (first !== 0x1f || second !== 0x8b) return blob.stream();
  return blob.stream().pipeThrough(new DecompressionStream("gzip"));
};

const start = async () => {
  const [wasm, library, tiphys] = await Promise.all(
    ["pyodide.asm.wasm.gz", "python_stdlib.zip", "tiphys.zip"].map(fetched),
  );
  kept.set(`${here}pyodide.asm.wasm`, new Response(await unpacked(wasm), { headers: { "Content-Type": "application/wasm" } }));
  kept.set(`${here}python_stdlib.zip`, new Response(library));
  const fromServer = self.fetch.bind(self);
  self.fetch = async (address, ...more) => kept.get(String(address)) ?? fromServer(address, ...more);
  const python = await loadPyodide({ indexURL: here, env: { HOME: "/home/web_user" } });
  const [packages] = python.pyimport("site").getsitepackages();
  python.unpackArchive(await tiphys.arrayBuffer(), "zip", { extractDir: packages });
  return python.pyimport("workspace");
};

const failed = (error) => postMessage({ failed: String(error?.message ?? error) });

const workspace = start();
workspace.then((found) => postMessage({ examples: JSON.parse(found.examples()) })).catch(failed);
onmessage = async ({ data: { number, files } }) => {
  try {
    postMessage({ number, result: JSON.parse((await workspace).generate(JSON.stringify(files))) });
  } catch (error) {
    failed(error);
  }
};
