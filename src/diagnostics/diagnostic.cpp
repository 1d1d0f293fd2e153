#include "diagnostics/diagnostic.h"
