// SPDX-License-Identifier: MIT
//
// Processes: all of weld::process but the pure functions of <weld/process/windows_quoting.hpp>.
#pragma once

#include <weld/process/child.hpp>
#include <weld/process/command.hpp>
#include <weld/process/exit.hpp>
#include <weld/process/stdio.hpp>
