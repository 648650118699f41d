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

/// Reads once and appends to `text`; false at end of file.
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

/// Reads both at the same time: a child that blocks on one full pipe would never close the other.
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

/// The reader of `stream`; null if there is none or it was moved out.
const io::PipeReader* reader_of(const std::optional<io::PipeReader>& stream) noexcept {
    return stream && native::is_open(stream->as_native()) ? &*stream : nullptr;
}

Result<void> read_streams(const Child& child, Output& output) {
    const io::PipeReader* const out = reader_of(child.out);
    const io::PipeReader* const err = reader_of(child.err);
    if (out != nullptr && err != nullptr) {
        return read_both(*out, output.out, *err, output.err);
    }
    if (out != nullptr) {
        return read_all(*out, output.out);
    }
    return err != nullptr ? read_all(*err, output.err) : Result<void>();
}

/// A stream whose data is appended to `text`. Its reader is null after end of file.
struct Source {
    const io::PipeReader* reader;
    std::string* text;

    [[nodiscard]] const native::File* file() const noexcept {
        return reader != nullptr ? &reader->as_native() : nullptr;
    }

    Result<void> read() {
        if (!WELD_TRY(read_more(*reader, *text))) {
            reader = nullptr;
        }
        return {};
    }
};

constexpr time::Duration look_again = std::chrono::milliseconds(1);

/// As `read_streams`, for no longer than `options` allow. Does not reap a process that has ended.
Result<void> read_streams_until(Child& child, Output& output, const OutputOptions& options) {
    Source out{.reader = reader_of(child.out), .text = &output.out};
    Source err{.reader = reader_of(child.err), .text = &output.err};
    bool has_ended = false;
    for (time::Instant deadline = time::deadline_after(options.wait);;) {
        const bool is_read = out.reader == nullptr && err.reader == nullptr;
        if (has_ended && (is_read || time::now() >= deadline)) {
            return {};
        }
        const auto ready = WELD_TRY(during("read", child.as_native().wait_output(out.file(), err.file(), deadline)));
        if (ready.first) {
            WELD_TRY(out.read());
        }
        if (ready.second) {
            WELD_TRY(err.read());
        }
        if (ready.process && !has_ended && WELD_TRY(child.try_wait())) {
            has_ended = true;
            deadline = time::deadline_after(options.rest);
        } else if (!has_ended && time::now() >= deadline) {
            return std::unexpected(Error("wait_with_output", Fault::TimedOut));
        } else if (ready.process && !has_ended && !ready.first && !ready.second) {
            native::sleep_until(time::now() + look_again);  // a traced process ends later than its pidfd says
        }
    }
}

bool is_bounded(const OutputOptions& options) noexcept {
    return options.wait != time::Duration::max() || options.rest != time::Duration::max();
}

}  // namespace

Result<void> Child::kill() const noexcept { return during("kill", native_.kill()); }

Result<void> Child::kill_group() const noexcept { return during("kill_group", native_.kill_group()); }

Result<ExitStatus> Child::wait() noexcept {
    in.reset();
    return during("wait", native_.wait());
}

Answer<std::optional<ExitStatus>> Child::try_wait() noexcept { return during("try_wait", native_.try_wait()); }

Answer<std::optional<ExitStatus>> Child::wait_until(time::Instant deadline) noexcept {
    in.reset();
    return during("wait_until", native_.wait_until(deadline));
}

Result<Output> Child::wait_with_output(const OutputOptions& options) && noexcept {
    in.reset();
    Output output{.status = ExitStatus(0), .out = {}, .err = {}};
    if (const auto taken = within_memory("read",
                                         [&] {
                                             return is_bounded(options) ? read_streams_until(*this, output, options)
                                                                        : read_streams(*this, output);
                                         });
        !taken) {
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
