// the simulated network moves in with `aqua air run`
