// Ports that the system chooses, on loopback.
export const TCP = "/ip4/127.0.0.1/tcp/0";
export const WEBSOCKET = "/ip4/127.0.0.1/tcp/0/ws";
