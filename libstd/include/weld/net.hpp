// SPDX-License-Identifier: MIT
//
// net: addresses, and TCP over IPv4 and IPv6.
#pragma once

#include <weld/net/ip_addr.hpp>
#include <weld/net/socket_addr.hpp>
#include <weld/net/tcp_listener.hpp>
#include <weld/net/tcp_stream.hpp>
