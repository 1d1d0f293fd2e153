// Asserts what the examples promise: for each "run: ./aqua run ..." of a file, the comments "expect ..." under it.
//
//   expect hops: a -> b, b -> c        exactly these, in this order
//   expect: PATTERN then PATTERN       events in this order, others may lie between
//   expect never: PATTERN              no such event
//   expect N times: PATTERN            exactly so many such events
//
// In a pattern * stands for anything. Events, in the order of time:
//
//   a -> b                             a hop
//   a -x b                             a hop that could not happen
//   a calls foo.run("x")
//   a: foo.run("x") = "y"              its answer when it comes; "! error" where it failed, "= ?" where none came
//   a waits for y                      what it needs is not there: a halt
//   a gave up: message                 an error that the script went on without
//   callback log("x")                  as the caller hears it
//   result "x"      error R0001 ...    how it ended
//   exit 0
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

const text = (value) => JSON.stringify(value);

// The events of a line, each with its time. What the caller hears stands after what happened at the same moment.
function eventsOf(line) {
  const it = JSON.parse(line);
  const told = (event, at = it.at_ms ?? Infinity) => [{ at, isNews: true, event }];
  const seen = (event, at = it.at_ms) => ({ at, isNews: false, event });
  if (it.severity === "warning") return [];  // of the compiler, before anything happens
  if ("code" in it) {
    const why = [...it.places.map((place) => place.text), it.hint].filter(Boolean);
    return told(`error ${it.code} ${it.message}; ${why.join("; ")}`);
  }
  if ("result" in it) return told(`result ${it.result.map(text).join(", ")}`);
  if ("callback" in it) return told(`callback ${it.callback}(${it.arguments.map(text).join(", ")})`);
  if ("prints" in it) return told(`${it.peer} prints ${it.prints}`);
  if ("sends_to" in it) return [seen(`${it.peer} -> ${it.sends_to}`)];
  if ("not_sent_to" in it) return [seen(`${it.peer} -x ${it.not_sent_to}`)];
  if ("waits_for" in it) return [seen(`${it.peer} waits for ${it.waits_for}`)];
  if ("gave_up" in it) return [seen(`${it.peer} gave up: ${it.gave_up}`)];
  if ("service" in it) {
    const call = `${it.service}.${it.function}(${it.arguments.map(text).join(", ")})`;
    const answer = "answer" in it ? `= ${text(it.answer)}` : "error" in it ? `! ${text(it.error)}` : "= ?";
    return [seen(`${it.peer} calls ${call}`), seen(`${it.peer}: ${call} ${answer}`, it.answered_at_ms ?? Infinity)];
  }
  if ("error" in it) return told(`fails ${text(it.error)}`);
  throw new Error(`no event is known for ${line}`);
}

function inOrderOfTime(lines) {
  const events = lines.flatMap(eventsOf);
  return events.sort((a, b) => (a.at === b.at ? a.isNews - b.isNews : a.at - b.at)).map(({ event }) => event);
}

const matches = (pattern, event) =>
  new RegExp(`^${pattern.split("*").map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, "\\$&")).join(".*")}$`, "s").test(event);

// Why the events are not what was promised; undefined if they are.
function fault(expectation, events) {
  const [, kind, rest] = /^expect( hops| never| \d+ times)?: *(.*)$/.exec(expectation) ?? [];
  if (rest === undefined || rest === "") return "no such form of an expectation";
  if (kind === " hops") {
    const hops = events.filter((event) => /^\S.* -[>x] /.test(event) && !/: | calls /.test(event)).join(", ");
    return hops === rest ? undefined : `the hops were ${hops}`;
  }
  const count = (pattern) => events.filter((event) => matches(pattern, event)).length;
  if (kind === " never") return count(rest) === 0 ? undefined : "it happened";
  if (kind) return count(rest) === Number.parseInt(kind) ? undefined : `it happened ${count(rest)} times`;
  let at = 0;
  for (const pattern of rest.split(" then ")) {
    while (at < events.length && !matches(pattern, events[at])) ++at;
    if (at++ >= events.length) return `"${pattern}" did not happen${pattern === rest ? "" : ", or not in this order"}`;
  }
  return undefined;
}

function eventsOfRun(command) {
  const run = spawnSync("bash", ["-c", `${command.replace(" --timeline", "")} --json --timeline`], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const lines = run.stdout.split("\n").filter(Boolean);
  return [...inOrderOfTime(lines), `exit ${run.status}`];
}

let passed = 0;
let failed = 0;

function fail(file, what, why) {
  ++failed;
  console.log(`FAILED: ${file}: ${what}\n  ${why}`);
}

for (const file of process.argv.slice(2)) {
  let command;
  let events = [];
  let count = 0;
  const endOfRun = () => {
    if (count === 0) fail(file, command ?? "the file", "nothing is expected of it");
  };
  for (const [, comment] of readFileSync(file, "utf8").matchAll(/^-- ((?:run:|expect).*)$/gm)) {
    if (comment.startsWith("expect")) {
      ++count;
      const why = fault(comment, events);
      if (why === undefined) ++passed;
      else fail(file, comment, [why, ...events].join("\n  "));
    } else if (comment.startsWith("run: ./aqua run ")) {
      if (command !== undefined) endOfRun();
      command = comment.slice("run: ".length);
      events = eventsOfRun(command);
      count = 0;
    }
  }
  endOfRun();
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
