// SPDX-License-Identifier: MIT
//
// net: TCP for tasks, with the names of weld::net.
#pragma once

#include <green/net/tcp_listener.hpp>
#include <green/net/tcp_stream.hpp>
