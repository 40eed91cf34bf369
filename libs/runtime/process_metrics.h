// The standard facts of a process: memory, descriptors, start, build.
#pragma once

#include "observe/metrics.h"

namespace runtime {

void AddProcessMetrics(observe::Metrics& metrics);

}  // namespace runtime
