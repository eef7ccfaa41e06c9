using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace KadaluFsd.Linux.Files;

/// <summary>
/// Where a unix socket is. Addresses hold 107 bytes; a longer path gets a socket with a short name beside it, and is a link that
/// leads there, for people.
/// </summary>
/// <param name="Path">The path that was asked for.</param>
/// <param name="Bound">The path that the socket is bound to; the same one where it is short enough.</param>
public sealed record LocalSocketPath(string Path, string Bound)
{
    /// <summary>Longest path of a unix socket, in bytes: sun_path less its NUL, unix(7).</summary>
    public const int MaxLength = 107;

    // As hexadecimal, enough not to meet another one's.
    private const int NameBytes = 8;

    /// <summary>Whether the path is a link to another one.</summary>
    public bool IsLink => Path != Bound;

    /// <summary>Finds the place for a path.</summary>
    /// <returns>Where the socket is to be.</returns>
    /// <exception cref="FormatException">Even a short name is too long in that directory.</exception>
    public static LocalSocketPath For(string path)
    {
        if (Encoding.UTF8.GetByteCount(path) <= MaxLength)
        {
            return new LocalSocketPath(path, path);
        }

        string name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)).AsSpan(0, NameBytes)) + ".socket";
        string bound = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(path)!, name);
        return Encoding.UTF8.GetByteCount(bound) <= MaxLength
            ? new LocalSocketPath(path, bound)
            : throw new FormatException(
                $"a path in a directory whose own path is at most {MaxLength - name.Length - 1} bytes long");
    }

    /// <summary>Makes room for the socket: creates its directory, and removes one that nobody serves any more.</summary>
    /// <exception cref="IOException">Somebody serves it.</exception>
    public void Prepare()
    {
        OwnFiles.CreateDirectory(System.IO.Path.GetDirectoryName(Bound)!);
        if (!RemoveDead())
        {
            throw new IOException("another process serves it");
        }
    }

    /// <summary>Removes a socket that nobody serves any more, such as a process leaves that was killed.</summary>
    /// <returns>Whether nothing is there now; false where somebody serves it.</returns>
    /// <exception cref="IOException">There is something else.</exception>
    public bool RemoveDead()
    {
        if (FileStatus.ReadLink(Bound, out FileStatus there) != Errno.None)
        {
            return true;
        }

        if (!there.IsSocket)
        {
            throw new IOException("there is something else than a socket");
        }

        // A socket file outlives a process that was killed. It may only go when nobody answers there.
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(Bound));
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionRefused)
        {
            Close();
            return true;
        }

        return false;
    }

    /// <summary>
    /// Makes a socket and binds it to <see cref="Bound"/>. Its file has its mode from the first moment on, or less where the
    /// umask wants that. Not by .NET's own means, which remove the file when the socket is closed, even if it is the next
    /// process's by then.
    /// </summary>
    /// <returns>The socket, the caller's; its file goes with <see cref="Close"/>.</returns>
    /// <exception cref="IOException">The path cannot be bound to.</exception>
    public Socket Bind()
    {
        Errno error = ListeningSocket.BindLocally(Bound, FileModes.Socket, out SafeSocketHandle? handle);
        return error == Errno.None ? new Socket(handle!) : throw new IOException($"{Bound}: {error.Describe()}");
    }

    /// <summary>
    /// Gives the socket's file its mode where the umask took some of it away, and makes the link, where one is needed. Once the
    /// socket is bound.
    /// </summary>
    public void Open()
    {
        File.SetUnixFileMode(Bound, FileModes.Socket);
        if (!IsLink)
        {
            return;
        }

        if (new FileInfo(Path).LinkTarget is not null)
        {
            File.Delete(Path);
        }

        File.CreateSymbolicLink(Path, Bound);
    }

    /// <summary>
    /// Removes the socket's file, and the link. Before the socket is closed: after that the file may be the next process's.
    /// </summary>
    public void Close()
    {
        if (IsLink)
        {
            File.Delete(Path);
        }

        File.Delete(Bound);
    }
}
