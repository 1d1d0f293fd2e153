#!/usr/bin/env node
// The published VM behind the protocol of `aqua vm --stdio`, to try the driver itself.
//   --random-seed N   order of the VM's hash maps
//   --break KIND      a deliberately wrong VM: see `breakages`
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { AvmDirect } from "./avm-direct.mjs";
import { encodeCallResults } from "./messages.mjs";
import { encodeData } from "./encode-data.mjs";
import { signedByAll } from "./sealing.mjs";

const { values: options } = parseArgs({ options: { "random-seed": { type: "string", default: "777" }, break: { type: "string" } } });
const avm = await AvmDirect.create({ randomSeed: Number(options["random-seed"]) });

const editData = (edit) => (outcome, particleId) => {
  if (outcome.data.length === 0 || outcome.retCode === 1) return;
  const view = JSON.parse(avm.humanReadable(outcome.data));
  edit(view.data, particleId);
  outcome.data = encodeData(view);
};

const breakages = {
  "next-peer": (outcome) => outcome.nextPeers.length > 1 && outcome.nextPeers.pop(),
  "ret-code": (outcome) => outcome.retCode === 10001 && (outcome.retCode = 10002),
  message: (outcome) => (outcome.errorMessage = outcome.errorMessage.replace("array", "list")),
  generation: editData((data) => data.trace.forEach((state) => state.ap?.gens[0] === 1 && (state.ap.gens[0] = 2))),
  par: editData((data) => data.trace.forEach((state) => state.par?.[1] === 0 && state.par[0] > 2 && state.par[0]--)),
  reencode: editData(() => {}), // not wrong at all
  sign: editData((data, particleId) => Object.assign(data, signedByAll(data, particleId))), // signs results that are not JSON
  crash: (outcome) => outcome.retCode === 10007 && process.abort(),
  hang: (outcome) => outcome.retCode === 10007 && Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0),
};

const base64 = (bytes) => bytes.toString("base64");
const bytes = (text) => Buffer.from(text, "base64");

// As our VM answers where the published one traps.
function trapAnswer(id, prev_data) {
  return {
    id,
    ret_code: 20000,
    error_message: "trap",
    data: prev_data,
    next_peer_pks: [],
    call_requests: base64(encodeCallResults([])),
    air_size_limit_exceeded: false,
    particle_size_limit_exceeded: false,
    call_result_size_limit_exceeded: false,
  };
}

function answer({ id, air, prev_data, data, call_results, params }) {
  const outcome = avm.invoke({
    air,
    prevData: bytes(prev_data),
    data: bytes(data),
    callResults: bytes(call_results),
    params: {
      initPeerId: params.init_peer_id,
      currentPeerId: params.current_peer_id,
      timestamp: params.timestamp,
      ttl: params.ttl,
      particleId: params.particle_id,
      secretKey: bytes(params.secret_key),
      airSizeLimit: params.air_size_limit,
      particleSizeLimit: params.particle_size_limit,
      callResultSizeLimit: params.call_result_size_limit,
      hardLimitEnabled: params.hard_limit_enabled,
    },
  });
  if (outcome.trap) return trapAnswer(id, prev_data);
  if (options.break) breakages[options.break](outcome, params.particle_id);
  const [air_size_limit_exceeded, particle_size_limit_exceeded, call_result_size_limit_exceeded] = outcome.exceeded;
  return {
    id,
    ret_code: outcome.retCode,
    error_message: outcome.errorMessage,
    data: base64(outcome.data),
    next_peer_pks: outcome.nextPeers,
    call_requests: base64(outcome.callRequests),
    air_size_limit_exceeded,
    particle_size_limit_exceeded,
    call_result_size_limit_exceeded,
  };
}

createInterface({ input: process.stdin }).on("line", (line) => {
  process.stdout.write(JSON.stringify(answer(JSON.parse(line))) + "\n");
});
