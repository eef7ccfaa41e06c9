namespace KadaluFsd.House.Tests;

/// <summary>What structures, numbers and places of the code are called in C, where no rule tells.</summary>
internal static class NativeNames
{
    /// <summary>Structures of the kernel and of libc that we declare ourselves, with their fields.</summary>
    internal static readonly Dictionary<string, (string Name, Dictionary<string, string> Fields)> Structures = new()
    {
        ["ResourceLimit"] = ("struct rlimit64", new() { ["Soft"] = "rlim_cur", ["Hard"] = "rlim_max" }),
        ["RecordLockRange"] =
            ("struct flock",
                new()
                {
                    ["Kind"] = "l_type",
                    ["Whence"] = "l_whence",
                    ["Start"] = "l_start",
                    ["Length"] = "l_len",
                    ["Process"] = "l_pid",
                }),
        ["PollTarget"] = ("struct pollfd", new() { ["Fd"] = "fd", ["Wanted"] = "events", ["Happened"] = "revents" }),
        ["Credentials"] = ("struct ucred", new() { ["Process"] = "pid", ["User"] = "uid", ["Group"] = "gid" }),
    };

    /// <summary>What src/Linux passes of the structures that Tmds.LibC declares, for each architecture.</summary>
    internal static readonly string[] StructuresOfLibrary = ["epoll_event", "stat", "sockaddr_un", "sockaddr_in", "sockaddr_in6", "sockaddr_storage"];

    /// <summary>Numbers, and where something is in what the kernel writes, for code that reads bytes.</summary>
    internal static readonly (string Type, string Constant, string Expression)[] Numbers =
    [
        ("DirectoryWatch", "MaskOffset", "offsetof(struct inotify_event, mask)"),
        ("DirectoryWatch", "LengthOffset", "offsetof(struct inotify_event, len)"),
        ("DirectoryWatch", "NameOffset", "offsetof(struct inotify_event, name)"),
        ("InheritedDescriptors", "LengthOffset", "offsetof(struct dirent64, d_reclen)"),
        ("InheritedDescriptors", "NameOffset", "offsetof(struct dirent64, d_name)"),
        ("ControlPeer", "SocketLevel", "SOL_SOCKET"),
        ("ControlPeer", "PeerCredentials", "SO_PEERCRED"),
        ("Libc", "LockExclusive", "LOCK_EX"),
        ("Libc", "LockNonBlocking", "LOCK_NB"),
        ("Libc", "NotifyNonBlockingCloseOnExec", "IN_NONBLOCK | IN_CLOEXEC"),
        ("Libc", "NotifyModify", "IN_MODIFY"),
        ("Libc", "NotifyCloseWrite", "IN_CLOSE_WRITE"),
        ("Libc", "NotifyMovedFrom", "IN_MOVED_FROM"),
        ("Libc", "NotifyMovedTo", "IN_MOVED_TO"),
        ("Libc", "NotifyDelete", "IN_DELETE"),
        ("Libc", "NotifyOnlyDirectory", "IN_ONLYDIR"),
        ("Libc", "PrioProcess", "PRIO_PROCESS"),
        ("Libc", "ResourceDescriptors", "RLIMIT_NOFILE"),
        ("Libc", "GetRecordLock", "F_GETLK"),
        ("Libc", "SetRecordLock", "F_SETLK"),
        ("Libc", "WriteLock", "F_WRLCK"),
        ("Libc", "NoLock", "F_UNLCK"),
        ("Libc", "SignalHangUp", "SIGHUP"),
        ("Libc", "SignalTerminate", "SIGTERM"),
        ("Libc", "PollIn", "POLLIN"),
        ("OpenSsl", "Pem", "SSL_FILETYPE_PEM"),
        ("OpenSsl", "VerifyPeer", "SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT"),
        ("OpenSsl", "ControlMode", "SSL_CTRL_MODE"),
        ("OpenSsl", "ModeReleaseBuffers", "SSL_MODE_RELEASE_BUFFERS"),
        ("OpenSsl", "ControlSessionCache", "SSL_CTRL_SET_SESS_CACHE_MODE"),
        ("OpenSsl", "ControlMinimumVersion", "SSL_CTRL_SET_MIN_PROTO_VERSION"),
        ("OpenSsl", "Tls12", "TLS1_2_VERSION"),
        ("OpenSsl", "NoTicketNoRenegotiation", "SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION"),
        ("OpenSsl", "WantRead", "SSL_ERROR_WANT_READ"),
        ("OpenSsl", "ZeroReturn", "SSL_ERROR_ZERO_RETURN"),
        ("OpenSsl", "CommonName", "NID_commonName"),
        ("Kfsd", "ApiVersion", "KFSD_API_VERSION"),
        ("Kfsd", "TextMax", "KFSD_TEXT_MAX"),
        ("Kfsd", "HealIndex", "KFSD_HEAL_INDEX"),
        ("Kfsd", "HealFull", "KFSD_HEAL_FULL"),
        ("Kfsd", "MarkEverything", "KFSD_MARK_EVERYTHING"),
        ("Kfsd", "MarkBesideLost", "KFSD_MARK_BESIDE_LOST"),
        ("Kfsd", "TypeMask", "S_IFMT"),
        ("Kfsd", "DirectoryType", "S_IFDIR"),
    ];
}
