#pragma once

// All of the library.
#include <aqua/function.h>
#include <aqua/network.h>
#include <aqua/script.h>
#include <aqua/value.h>
