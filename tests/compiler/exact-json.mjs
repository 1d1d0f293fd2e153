// JSON with integers that a JavaScript number cannot hold: they become texts behind a mark, and numbers again when written.
const LARGE = /"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/g;

export const parseJson = (text) => JSON.parse(text.replace(LARGE, (token) => (token[0] === '"' ? token : `"\\u0001${token}"`)));

export const jsonText = (value) => JSON.stringify(value).replace(/"\\u0001(-?\d+)"/g, "$1");

export function parsedJson(text) {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
