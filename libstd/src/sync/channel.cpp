// SPDX-License-Identifier: MIT
#include <weld/sync/channel.hpp>

namespace weld::sync {

std::string_view message(ChannelError error) noexcept {
    switch (error) {
        case ChannelError::Disconnected: return "the other side of the channel is gone";
        case ChannelError::Full: return "the channel is full";
        case ChannelError::Empty: return "the channel is empty";
        case ChannelError::TimedOut: return "the time ran out";
        case ChannelError::Cancelled: break;
    }
    return "cancelled";
}

}  // namespace weld::sync
