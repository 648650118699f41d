// SPDX-License-Identifier: MIT
//
// ReadDir: the entries of one directory, read inline or offloaded.
//
// As weld::fs::ReadDir, and with the same entries. In `Mode::Offload` each read of a whole buffer of entries is
// offloaded, not each entry. The members of an entry run inline.
#pragma once

#include <green/fs/metadata.hpp>

#include <weld/fs/read_dir.hpp>

#include <iterator>
#include <utility>

namespace green::fs {

using weld::fs::DirEntry;

class ReadDir {
public:
    /// The next entry, or the error that ends the iteration; null after the last. Parks.
    [[nodiscard]] GREEN_API const weld::Result<DirEntry>* next() noexcept;

    [[nodiscard]] weld::EntryIterator<ReadDir> begin() & { return weld::EntryIterator<ReadDir>(*this); }
    void begin() && = delete;  // it would lend from a temporary
    [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }

private:
    friend GREEN_API weld::Entries<ReadDir> read_dir(weld::PathRef path, Mode mode) noexcept;
    ReadDir(weld::fs::ReadDir native, Mode mode) noexcept : native_(std::move(native)), mode_(mode) {}

    weld::fs::ReadDir native_;
    Mode mode_;
};

/// Opens the directory `path` to read its entries. Allocates: one block, whatever the directory holds. Parks.
[[nodiscard]] GREEN_API weld::Entries<ReadDir> read_dir(weld::PathRef path, Mode mode = Mode::Inline) noexcept;

}  // namespace green::fs
