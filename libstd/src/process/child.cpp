// SPDX-License-Identifier: MIT
#include <weld/process/child.hpp>

#include "../during.hpp"

#include <weld/native/pipe.hpp>
#include <weld/sys/try.hpp>

#include <algorithm>
#include <cstddef>
#include <span>

namespace weld::process {

namespace {

/// Reads once to the end of `text`; false when there is no more.
Answer<bool> read_more(const io::PipeReader& reader, std::string& text) {
    constexpr std::size_t least = 4096;
    if (text.capacity() - text.size() < least) {
        text.reserve(std::max(2 * text.capacity(), text.size() + least));
    }
    const std::size_t before = text.size();
    Result<std::size_t> count;
    text.resize_and_overwrite(text.capacity(), [&](char* data, std::size_t size) {
        count = reader.read(std::as_writable_bytes(std::span(data + before, size - before)));
        return before + count.value_or(0);
    });
    return WELD_TRY(count) != 0;
}

Result<void> read_all(const io::PipeReader& reader, std::string& text) {
    while (WELD_TRY(read_more(reader, text))) {
    }
    return {};
}

/// Both at once: a child waits where one is full, and would never end the other.
Result<void> read_both(const io::PipeReader& first, std::string& first_text, const io::PipeReader& second,
                       std::string& second_text) {
    for (;;) {
        const auto ready = WELD_TRY(during("read", native::wait_readable(first.as_native(), second.as_native())));
        if (ready.first && !WELD_TRY(read_more(first, first_text))) {
            return read_all(second, second_text);
        }
        if (ready.second && !WELD_TRY(read_more(second, second_text))) {
            return read_all(first, first_text);
        }
    }
}

Result<void> read_streams(const Child& child, Output& output) {
    if (child.out && child.err) {
        return read_both(*child.out, output.out, *child.err, output.err);
    }
    if (child.out) {
        return read_all(*child.out, output.out);
    }
    return child.err ? read_all(*child.err, output.err) : Result<void>();
}

}  // namespace

Result<void> Child::kill() const noexcept { return during("kill", native_.kill()); }

Result<ExitStatus> Child::wait() noexcept {
    in.reset();
    return during("wait", native_.wait());
}

Answer<std::optional<ExitStatus>> Child::try_wait() noexcept { return during("try_wait", native_.try_wait()); }

Answer<std::optional<ExitStatus>> Child::wait_until(time::Instant deadline) noexcept {
    in.reset();
    return during("wait_until", native_.wait_until(deadline));
}

Result<Output> Child::wait_with_output() && noexcept {
    in.reset();
    Output output{.status = ExitStatus(0), .out = {}, .err = {}};
    if (const auto taken = within_memory("read", [&] { return read_streams(*this, output); }); !taken) {
        (void)kill();
        (void)wait();
        return std::unexpected(taken.error());
    }
    output.status = WELD_TRY(wait());
    return output;
}

Result<ExitStatus> Child::stop(const StopOptions& options) noexcept {
    in.reset();
    auto ended = WELD_TRY(during("stop", native_.wait_until(time::deadline_after(options.wait))));
    if (!ended && options.terminate) {
        WELD_TRY(during("stop", native_.terminate()));
        ended = WELD_TRY(during("stop", native_.wait_until(time::deadline_after(*options.terminate))));
    }
    if (!ended && options.kill) {
        WELD_TRY(during("stop", native_.kill()));
        ended = WELD_TRY(during("stop", native_.wait_until(time::deadline_after(*options.kill))));
    }
    if (!ended) {
        return std::unexpected(Error("stop", Fault::TimedOut));
    }
    return *ended;
}

}  // namespace weld::process
