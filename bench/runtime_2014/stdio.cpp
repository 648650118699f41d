// SPDX-License-Identifier: MIT
//
// stdio: streams, and the writer among the values of each task.

#include "runtime_2014/stdio.hpp"

#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <utility>
#include <vector>

#include "runtime_2014/task.hpp"

namespace runtime_2014::stdio {
namespace {

// Writes whole lines at once, and the rest when it ends.
class LineBufferedWriter final : public Writer {
public:
    explicit LineBufferedWriter(Stream inner) : inner_(std::move(inner)) { buffer_.reserve(capacity); }
    LineBufferedWriter(const LineBufferedWriter&) = delete;
    LineBufferedWriter& operator=(const LineBufferedWriter&) = delete;
    ~LineBufferedWriter() override { (void)flush(); }

    IoResult<void> write(std::span<const std::byte> bytes) override {
        const auto last = std::find(bytes.rbegin(), bytes.rend(), std::byte('\n'));
        const auto lines = static_cast<std::size_t>(bytes.rend() - last);
        if (lines != 0) {
            if (auto written = buffer(bytes.first(lines)); !written) {
                return written;
            }
            if (auto flushed = flush(); !flushed) {
                return flushed;
            }
        }
        return buffer(bytes.subspan(lines));
    }

    IoResult<void> flush() override {
        auto written = buffer_.empty() ? IoResult<void>() : inner_.write(buffer_);
        buffer_.clear();
        return written;
    }

private:
    static constexpr std::size_t capacity = 1024;

    IoResult<void> buffer(std::span<const std::byte> bytes) {
        if (buffer_.size() + bytes.size() > capacity) {
            if (auto flushed = flush(); !flushed) {
                return flushed;
            }
        }
        if (bytes.size() > capacity) {
            return inner_.write(bytes);
        }
        buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
        return {};
    }

    Stream inner_;
    std::vector<std::byte> buffer_;
};

constinit local_data::Key<std::unique_ptr<Writer>> local_stdout;

std::span<const std::byte> to_bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

// Without a task there is no factory: writes directly to the descriptor.
IoResult<void> write_fd(int fd, std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const auto count = ::write(fd, bytes.data(), bytes.size());
        if (count < 0 && errno != EINTR) {
            return std::unexpected(
                from_rtio_error({.code = static_cast<std::size_t>(errno), .extra = 0, .detail = {}}));
        }
        bytes = bytes.subspan(static_cast<std::size_t>(std::max<std::ptrdiff_t>(count, 0)));
    }
    return {};
}

// A print during a print finds that the task's writer is taken, and makes a new one.
template <class F>
void with_task_stdout(F&& write) {
    auto writer = local_stdout.replace(std::nullopt).value_or(nullptr);
    if (writer == nullptr) {
        writer = std::make_unique<LineBufferedWriter>(stdout_raw());
    }
    auto result = write(*writer);
    local_stdout.replace(std::move(writer));
    if (!result) {
        fail("failed printing to stdout: " + to_string(result.error()));
    }
}

}  // namespace

Stream::Stream(int fd, bool readable) {
    (void)rtio::maybe_raise([&](rtio::IoFactory& io) -> rtio::IoResult<void> {
        if (auto terminal = io.tty_open(fd, readable)) {
            terminal_ = *std::move(terminal);
        } else {
            file_ = io.fs_from_raw_fd(fd, rtio::CloseBehavior::DontClose);
        }
        return {};
    });
}

IoResult<std::size_t> Stream::read(std::span<std::byte> buffer) {
    auto count = terminal_ != nullptr ? terminal_->read(buffer) : file_->read(buffer);
    if (!count) {
        return std::unexpected(from_rtio_error(std::move(count).error()));
    }
    return *count;
}

IoResult<void> Stream::write(std::span<const std::byte> bytes) {
    auto written = terminal_ != nullptr ? terminal_->write(bytes) : file_->write(bytes);
    if (!written) {
        return std::unexpected(from_rtio_error(std::move(written).error()));
    }
    return {};
}

Stream stdin_raw() { return Stream(STDIN_FILENO, true); }
Stream stdout_raw() { return Stream(STDOUT_FILENO, false); }
Stream stderr_raw() { return Stream(STDERR_FILENO, false); }

std::unique_ptr<Writer> set_stdout(std::unique_ptr<Writer> writer) {
    auto before = local_stdout.replace(std::move(writer));
    if (!before) {
        return nullptr;
    }
    (void)(*before)->flush();
    return *std::move(before);
}

void print(std::string_view text) {
    if (local::unsafe_borrow() == nullptr) {
        (void)write_fd(STDOUT_FILENO, to_bytes(text));
        return;
    }
    with_task_stdout([&](Writer& writer) { return writer.write(to_bytes(text)); });
}

void println(std::string_view text) {
    print(text);
    print("\n");
}

void flush() {
    if (local::unsafe_borrow() != nullptr) {
        with_task_stdout([](Writer& writer) { return writer.flush(); });
    }
}

void print_err(std::string_view text) {
    if (local::unsafe_borrow() == nullptr) {
        (void)write_fd(STDERR_FILENO, to_bytes(text));
        return;
    }
    (void)stderr_raw().write(to_bytes(text));
}

}  // namespace runtime_2014::stdio
