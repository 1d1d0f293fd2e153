// What must be equal in the outcomes of one step.
import { decodeCallRequests } from "./messages.mjs";

const DIFFERENCES_MAX = 20;

export const isCatchable = (retCode) => retCode >= 10000 && retCode < 20000;

/** The host keeps and sends what the VM returned, unless the run was aborted. */
export const keepsData = (outcome) => !outcome.trap && (outcome.retCode === 0 || isCatchable(outcome.retCode) || outcome.retCode >= 30000);

/** -> [{ path, reference, actual }]; viewOf: data bytes -> JSON view */
export function outcomeDifferences(reference, actual, viewOf) {
  if (reference.trap || actual.trap) return trapDifferences(reference, actual);
  const found = [];
  compareTrees("retCode", reference.retCode, actual.retCode, found);
  if (isCatchable(reference.retCode)) compareTrees("errorMessage", reference.errorMessage, actual.errorMessage, found);
  compareTrees("nextPeers", reference.nextPeers, actual.nextPeers, found);
  compareTrees("exceeded", reference.exceeded, actual.exceeded, found);
  if (!reference.callRequests.equals(actual.callRequests)) {
    compareTrees("callRequests", requestsById(reference.callRequests), requestsById(actual.callRequests), found);
  }
  if (!reference.data.equals(actual.data)) compareTrees("data", safeView(reference.data, viewOf), safeView(actual.data, viewOf), found);
  return found;
}

function trapDifferences(reference, actual) {
  if (reference.trap && actual.trap && !actual.isOurs) return [];
  return [{ path: "trap", reference: reference.trap ?? reference.retCode, actual: actual.trap ?? actual.retCode }];
}

function requestsById(bytes) {
  try {
    return Object.fromEntries(decodeCallRequests(bytes).map(({ args, ...request }) => [request.id, request]));
  } catch (error) {
    return { undecodable: error.message };
  }
}

function safeView(data, viewOf) {
  if (data.length === 0) return "no data";
  try {
    return viewOf(data);
  } catch (error) {
    return { undecodable: error.message };
  }
}

const isTree = (value) => typeof value === "object" && value !== null;

/** Objects are compared as maps, arrays in order. */
function compareTrees(path, reference, actual, found) {
  if (found.length >= DIFFERENCES_MAX || Object.is(reference, actual)) return;
  if (!isTree(reference) || !isTree(actual) || Array.isArray(reference) !== Array.isArray(actual)) {
    found.push({ path, reference, actual });
    return;
  }
  for (const key of Object.keys(reference)) compareTrees(`${path}.${key}`, reference[key], actual[key], found);
  for (const key of Object.keys(actual)) if (!(key in reference)) found.push({ path: `${path}.${key}`, reference: undefined, actual: actual[key] });
}
