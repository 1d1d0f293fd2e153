// Generated Aqua files. A case: { name, files: { "main.aqua": text, ... }, growth?: size }
const TEN_LINES = `aqua Ten
export hello

service Greeter("greeter"):
  hello(name: string) -> string

func hello(peer: string, name: string) -> string:
  on peer:
    greeting <- Greeter.hello(name)
  <- greeting
`;

const CLOSURES = `aqua Closures
export run

service Store("store"):
  get(key: string) -> u32
  put(key: string, value: u32)

service Log("log"):
  info(text: string)

data Result:
  sum: i64
  seen: []u32

func apply(key: string, change: u32 -> i64) -> i64:
  value <- Store.get(key)
  changed <- change(value)
  <- changed

func retry(peers: []string, action: string -> u32) -> u32:
  found: *u32
  for peer <- peers try:
    on peer:
      found <- action(peer)
  <- found!

func run(peers: []string, relay: string, done: string -> ()) -> Result:
  offset = 40 + 2
  shift = (value: u32) -> i64:
    moved = value + offset
    <- moved
  ask = func (peer: string) -> u32:
    Log.info(peer)
    value <- Store.get("key")
    <- value
  sum <- apply("first", shift)
  values: *u32
  for peer <- peers par:
    on peer via relay:
      values <- Store.get("key")
  last <- retry(peers, ask)
  join values[1]
  if sum > 100:
    done("large")
  else:
    done("small")
  Store.put("last", last)
  <- Result(sum = sum, seen = values)
`;

// About ten lines each: calls, a par over two peers, a loop, a condition.
function boundedFunction(i) {
  return `func work_${i}(a: string, b: string, items: []string) -> []u32:
  results: *u32
  on a:
    results <- Worker.run("${i}")
  par on b via a:
    results <- Worker.run("b")
  for item <- items:
    results <- Worker.run(item)
  if a == b:
    results <<- ${i}
  <- results
`;
}

const SERVICE = `service Worker("worker"):
  run(job: string) -> u32
`;

export function functions(count) {
  const names = Array.from({ length: count }, (_, i) => `work_${i}`);
  return ["aqua Many", `export ${names.join(", ")}`, "", SERVICE, ...names.map((_, i) => boundedFunction(i))].join("\n");
}

export function statements(count) {
  const body = Array.from({ length: count }, (_, i) => `  r${i} <- Worker.run("${i}")`);
  return ["aqua Long", "export long", "", SERVICE, "func long() -> u32:", ...body, `  <- r${count - 1}`, ""].join("\n");
}

function modules(count) {
  const files = {};
  for (let i = 0; i < count; i++) {
    const import_ = i === 0 ? "" : `import "m${i - 1}.aqua"\n`;
    const call = i === 0 ? `  x <- W0.run(v)` : `  x <- step_${i - 1}(v)`;
    files[`m${i}.aqua`] = `aqua M${i} declares step_${i}\n\n${import_}\nservice W${i}("w${i}"):\n  run(v: u32) -> u32\n\nfunc step_${i}(v: u32) -> u32:\n${call}\n  y <- W${i}.run(x)\n  <- y\n`;
  }
  files["main.aqua"] = `aqua Main\nexport main\n\nimport "m${count - 1}.aqua"\n\nfunc main(v: u32) -> u32:\n  x <- step_${count - 1}(v)\n  <- x\n`;
  return files;
}

function nested(depth) {
  const lines = ["aqua Deep", "export deep", "", SERVICE, "func deep(peer: string):"];
  for (let i = 0; i < depth; i++) lines.push(`${"  ".repeat(i + 1)}${i % 2 ? `if peer == "${i}":` : "on peer:"}`, `${"  ".repeat(i + 2)}Worker.run("${i}")`);
  return `${lines.join("\n")}\n`;
}

export const cases = [
  { name: "ten-lines", files: { "main.aqua": TEN_LINES } },
  { name: "closures", files: { "main.aqua": CLOSURES } },
  { name: "functions-500", files: { "main.aqua": functions(500) }, slow: true },
  { name: "modules-200", files: modules(200), slow: true },
  { name: "nested-40", files: { "main.aqua": nested(40) } },
];
