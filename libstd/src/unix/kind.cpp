// SPDX-License-Identifier: MIT
#include "../kind.hpp"

namespace weld {

Kind kind_of(sys::Errno error) noexcept {
    using sys::Errno;
    switch (error) {
        case Errno::Noent: return Kind::NotFound;
        case Errno::Acces:
        case Errno::Perm: return Kind::PermissionDenied;
        case Errno::Connrefused: return Kind::ConnectionRefused;
        case Errno::Connreset: return Kind::ConnectionReset;
        case Errno::Hostunreach: return Kind::HostUnreachable;
        case Errno::Netunreach: return Kind::NetworkUnreachable;
        case Errno::Connaborted: return Kind::ConnectionAborted;
        case Errno::Notconn: return Kind::NotConnected;
        case Errno::Addrinuse: return Kind::AddrInUse;
        case Errno::Addrnotavail: return Kind::AddrNotAvailable;
        case Errno::Netdown: return Kind::NetworkDown;
        case Errno::Pipe: return Kind::BrokenPipe;
        case Errno::Exist: return Kind::AlreadyExists;
        case Errno::Again: return Kind::WouldBlock;
        case Errno::Notdir: return Kind::NotADirectory;
        case Errno::Isdir: return Kind::IsADirectory;
        case Errno::Notempty: return Kind::DirectoryNotEmpty;
        case Errno::Rofs: return Kind::ReadOnlyFilesystem;
        case Errno::Loop: return Kind::FilesystemLoop;
        case Errno::Stale: return Kind::StaleNetworkFileHandle;
        case Errno::Inval: return Kind::InvalidInput;
        case Errno::Timedout: return Kind::TimedOut;
        case Errno::Nospc: return Kind::StorageFull;
        case Errno::Spipe: return Kind::NotSeekable;
        case Errno::Dquot: return Kind::QuotaExceeded;
        case Errno::Fbig: return Kind::FileTooLarge;
        case Errno::Busy: return Kind::ResourceBusy;
        case Errno::Txtbsy: return Kind::ExecutableFileBusy;
        case Errno::Deadlk: return Kind::Deadlock;
        case Errno::Xdev: return Kind::CrossesDevices;
        case Errno::Mlink: return Kind::TooManyLinks;
        case Errno::Nametoolong: return Kind::InvalidFilename;
        case Errno::TooBig: return Kind::ArgumentListTooLong;
        case Errno::Intr: return Kind::Interrupted;
        case Errno::Nosys:
        case Errno::Opnotsupp: return Kind::Unsupported;
        case Errno::Nomem: return Kind::OutOfMemory;
        case Errno::Inprogress: return Kind::InProgress;
        case Errno::Mfile:
        case Errno::Nfile: return Kind::TooManyOpenFiles;
        case Errno::Canceled: return Kind::Cancelled;
        default: return Kind::Other;
    }
}

}  // namespace weld
