// the parser moves in here
