// What packages below js-libp2p expect and Node 20 and older browsers lack. Must be imported before them.
Promise.withResolvers ??= function () {
  let resolve, reject;
  const promise = new this((onResolve, onReject) => ([resolve, reject] = [onResolve, onReject]));
  return { promise, resolve, reject };
};
globalThis.CustomEvent ??= class CustomEvent extends Event {
  constructor(type, options) {
    super(type, options);
    this.detail = options?.detail;
  }
};
