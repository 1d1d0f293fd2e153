// first tenant moves in soon
