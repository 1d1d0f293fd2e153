// What the tests' clients do as "greeter".
export const greeter = (own) => ({
  greet: (name) => `${own} greets ${name}`,
  sum: (numbers) => numbers.reduce((sum, number) => sum + number, 0),
  fail: (reason) => { throw new Error(reason); },
  never: () => "at once",
});
