using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace KadaluFsd.Linux.Files;

/// <summary>
/// The path of a unix socket. Addresses hold 107 bytes: a socket with a longer path gets a short name beside it, and the path
/// becomes a symbolic link to that.
/// </summary>
/// <param name="Path">The path that was asked for.</param>
/// <param name="Bound">The path that the socket is bound to; the same one where it is short enough.</param>
public sealed record LocalSocketPath(string Path, string Bound)
{
    /// <summary>Longest path of a unix socket, in bytes: sun_path less its NUL, unix(7).</summary>
    public const int MaxLength = 107;

    // Hexadecimal digits; enough to be unique.
    private const int NameBytes = 8;

    /// <summary>Whether the path is a link to another one.</summary>
    public bool IsLink => Path != Bound;

    /// <summary>Finds the address for a path.</summary>
    /// <returns>Path and address.</returns>
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

    /// <summary>Creates the directory, and removes a socket that no process serves any more.</summary>
    /// <exception cref="IOException">Another process serves it.</exception>
    public void Prepare()
    {
        OwnFiles.CreateDirectory(System.IO.Path.GetDirectoryName(Bound)!);
        if (!RemoveDead())
        {
            throw new IOException("another process serves it");
        }
    }

    /// <summary>Removes a socket that no process serves any more, as a killed process leaves it.</summary>
    /// <returns>Whether the path is free now; false where another process serves the socket.</returns>
    /// <exception cref="IOException">Something else than a socket is there.</exception>
    public bool RemoveDead()
    {
        bool isServed = IsServed(out bool isThere);
        if (isThere && !isServed)
        {
            Close();
        }

        return !isServed;
    }

    /// <summary>Whether a process serves the socket; changes nothing.</summary>
    /// <exception cref="IOException">Something else than a socket is there.</exception>
    /// <exception cref="SocketException">This user may not connect to it, or its process does not accept.</exception>
    public bool IsServed() => IsServed(out _);

    // A socket file outlives a killed process. It may be removed only if no process answers.
    private bool IsServed(out bool isThere)
    {
        isThere = FileStatus.ReadLink(Bound, out FileStatus there) == Errno.None;
        if (!isThere)
        {
            return false;
        }

        if (!there.IsSocket)
        {
            throw new IOException("there is something else than a socket");
        }

        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(Bound));
            return true;
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return false;
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressNotAvailable)
        {
            // ENOENT: its process has ended by now, and removed it.
            isThere = false;
            return false;
        }
    }

    /// <summary>
    /// Creates a socket and binds it to <see cref="Bound"/>. Its file has its mode from the first moment on, or less where the
    /// umask demands it. .NET's own socket would remove the file when it is closed, even if it is the next process's by then.
    /// </summary>
    /// <returns>The socket, owned by the caller; <see cref="Close"/> removes its file.</returns>
    /// <exception cref="IOException">The path cannot be bound to.</exception>
    public Socket Bind()
    {
        Errno error = ListeningSocket.BindLocally(Bound, FileModes.Socket, out SafeSocketHandle? handle);
        return error == Errno.None ? new Socket(handle!) : throw new IOException($"{Bound}: {error.Describe()}", (int)error);
    }

    /// <summary>
    /// Sets the mode of the socket's file where the umask has removed some of it, and creates the link, where one is needed.
    /// Called after the socket is bound.
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
    /// Removes the socket's file, and the link. Called before the socket is closed: afterwards the file may be the next
    /// process's.
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
