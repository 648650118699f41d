// SPDX-License-Identifier: MIT
#include <weld/io/stdio.hpp>

#include "../during.hpp"

#include <cerrno>
#include <cstdio>

namespace weld::io {

namespace {

bool is_closed(sys::Errno error) noexcept { return error == sys::Errno::Badf; }

/// What libc says to `operation` in errno. A stream that is closed takes everything.
Result<void> refusal(const char* operation) noexcept {
    if (errno == 0) {
        return std::unexpected(Error(operation, Fault::WriteZero));
    }
    const auto error = static_cast<sys::Errno>(errno);
    return is_closed(error) ? Result<void>() : std::unexpected(Error(operation, error));
}

using Write = std::size_t(const void*, std::size_t, std::size_t, std::FILE*);

Result<std::size_t> put(std::FILE* stream, std::span<const std::byte> source, Write* write) noexcept {
    errno = 0;
    if (!source.empty() && write(source.data(), 1, source.size(), stream) != source.size()) {
        if (const auto refused = refusal("write"); !refused) {
            return std::unexpected(refused.error());
        }
    }
    return source.size();
}

}  // namespace

Result<std::size_t> Stdin::read(std::span<std::byte> target) const noexcept {
    auto count = native::read_standard_input(target);
    if (!count && is_closed(count.error())) {
        return std::size_t{0};
    }
    return during("read", count);
}

StdoutLock::StdoutLock() noexcept { ::flockfile(stdout); }

StdoutLock::~StdoutLock() { ::funlockfile(stdout); }

Result<std::size_t> StdoutLock::write(std::span<const std::byte> source) noexcept {
    return put(stdout, source, &::fwrite_unlocked);
}

Result<void> StdoutLock::flush() noexcept { return Stdout().flush(); }

Result<std::size_t> Stdout::write(std::span<const std::byte> source) const noexcept {
    return put(stdout, source, &std::fwrite);
}

Result<void> Stdout::flush() const noexcept {
    errno = 0;
    return std::fflush(stdout) == 0 ? Result<void>() : refusal("flush");
}

Result<std::size_t> Stderr::write(std::span<const std::byte> source) const noexcept {
    return put(stderr, source, &std::fwrite);
}

Result<std::size_t> StdoutRaw::write(std::span<const std::byte> source) const noexcept {
    auto count = native::write_standard_output(source);
    if (!count && is_closed(count.error())) {
        return source.size();
    }
    return during("write", count);
}

Result<void> fill_standard_handles() noexcept {
    return during("fill_standard_handles", native::fill_standard_handles());
}

}  // namespace weld::io
