// SPDX-License-Identifier: MIT
#include <weld/thread/scheduling.hpp>

#include <weld/native/scheduling.hpp>
#include <weld/sys/try.hpp>

namespace weld::thread {

Result<std::vector<std::uint32_t>> affinity() {
    std::vector<std::uint32_t> cpus;
    for (;;) {
        const std::size_t there = WELD_TRY(during("affinity", native::affinity(cpus)));
        const bool all = there <= cpus.size();  // the count may have grown meanwhile
        cpus.resize(there);
        if (all) {
            return cpus;
        }
    }
}

Result<void> set_affinity(std::span<const std::uint32_t> cpus) noexcept {
    return during("set_affinity", native::set_affinity(cpus));
}

Result<Priority> priority() noexcept { return during("priority", native::priority()); }

Result<void> set_priority(Priority wanted) noexcept { return during("set_priority", native::set_priority(wanted)); }

}  // namespace weld::thread
