// SPDX-License-Identifier: MIT
//
// Example of libstd/docs/embedding.md: a library for any language.
// [readme]
#include <weld/fs.hpp>

namespace {

weld::Result<std::int64_t> size_of(weld::PathRef directory) {
    auto walk = weld::fs::walk(directory);
    if (!walk) {
        return std::unexpected(walk.error());
    }
    std::int64_t size = 0;
    for (const auto& item : *walk) {
        const auto metadata = item ? item->metadata() : std::unexpected(item.error());
        if (!metadata) {
            return std::unexpected(metadata.error());
        }
        size += metadata->is_file() ? static_cast<std::int64_t>(metadata->len()) : 0;
    }
    return size;
}

}  // namespace

/// The bytes of all files below `directory`, or a negative errno.
extern "C" __attribute__((visibility("default"))) std::int64_t tree_size(const char* directory) noexcept {
    const auto size = size_of(directory);
    return size ? *size : -static_cast<std::error_code>(size.error()).value();
}
// [/readme]
