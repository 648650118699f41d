// SPDX-License-Identifier: MIT
#include <weld/io/pipe.hpp>

#include "../during.hpp"

#include <weld/sys/try.hpp>

namespace weld::io {

Result<std::size_t> PipeReader::read(std::span<std::byte> target) const noexcept {
    return during("read", native_.read(target));
}

Result<std::size_t> PipeReader::read_vectored(std::span<const sys::IoSliceMut> targets) const noexcept {
    return during("read_vectored", native_.read_vectored(targets));
}

Result<std::size_t> PipeReader::read_until(std::span<std::byte> target, time::Instant deadline) const noexcept {
    if (!target.empty()) {
        WELD_TRY(during("read_until", native::wait_readable_until(native_, deadline)));
    }
    return during("read_until", native_.read(target));
}

Result<PipeReader> PipeReader::try_clone() const noexcept {
    return PipeReader(WELD_TRY(during("try_clone", native_.try_clone())));
}

Result<void> PipeReader::close() && noexcept { return during("close", std::move(native_).close()); }

Result<std::size_t> PipeWriter::write(std::span<const std::byte> source) const noexcept {
    return during("write", native_.write(source));
}

Result<std::size_t> PipeWriter::write_vectored(std::span<const sys::IoSlice> sources) const noexcept {
    return during("write_vectored", native_.write_vectored(sources));
}

Result<PipeWriter> PipeWriter::try_clone() const noexcept {
    return PipeWriter(WELD_TRY(during("try_clone", native_.try_clone())));
}

Result<void> PipeWriter::close() && noexcept { return during("close", std::move(native_).close()); }

Result<Pipe> pipe() noexcept {
    native::Pipe made = WELD_TRY(during("pipe", native::pipe()));
    return Pipe{.reader = PipeReader(std::move(made.reader)), .writer = PipeWriter(std::move(made.writer))};
}

}  // namespace weld::io
