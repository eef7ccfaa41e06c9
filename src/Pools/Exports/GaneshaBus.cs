using KadaluFsd.Contract;
using Tmds.DBus.Protocol;

namespace KadaluFsd.Pools.Exports;

/// <summary>A running NFS-Ganesha, over D-Bus: its interface org.ganesha.nfsd.exportmgr.</summary>
internal sealed class GaneshaBus : IDisposable
{
    private const string Name = "org.ganesha.nfsd";
    private const string Path = "/org/ganesha/nfsd/ExportMgr";
    private const string Interface = "org.ganesha.nfsd.exportmgr";

    // An export is added when its volfile servers and units have been tried, and removed when libgfapi has ended its threads, for
    // which it takes ten seconds.
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);

    private readonly DBusConnection _connection;

    private GaneshaBus(DBusConnection connection) => _connection = connection;

    /// <summary>Finds it.</summary>
    /// <returns>Null where there is no D-Bus, or no NFS-Ganesha on it.</returns>
    internal static async Task<GaneshaBus?> FindAsync()
    {
        if (DBusAddress.System is not { } address)
        {
            return null;
        }

        var connection = new DBusConnection(address);
        try
        {
            await connection.ConnectAsync();
            if ((await connection.ListServicesAsync()).Contains(Name))
            {
                return new GaneshaBus(connection);
            }
        }
        catch (DBusExceptionBase)
        {
            // The same as without one.
        }

        connection.Dispose();
        return null;
    }

    /// <summary>Asks for an export.</summary>
    /// <param name="number">Its Export_Id.</param>
    /// <returns>The path that NFS clients mount; null where it has no such export.</returns>
    /// <exception cref="CommandException">It does not answer.</exception>
    internal async Task<string?> FindAsync(int number)
    {
        try
        {
            return await CallAsync(
                "DisplayExport", "q", (ref MessageWriter writer) => writer.WriteUInt16((ushort)number), static (message, _) =>
                {
                    Reader reader = message.GetBodyReader();
                    _ = reader.ReadUInt16();
                    _ = reader.ReadString();
                    return reader.ReadString();
                });
        }
        catch (CommandException refusal) when (refusal.Code == ExitCode.PeerRefused)
        {
            return null;
        }
    }

    /// <summary>Adds an export.</summary>
    /// <param name="file">The file with its block, which NFS-Ganesha reads.</param>
    /// <param name="number">Its Export_Id.</param>
    /// <exception cref="CommandException">It does not answer, or refuses; the message has its reason.</exception>
    internal Task AddAsync(string file, int number) => CallAsync(
        "AddExport", "ss",
        (ref MessageWriter writer) =>
        {
            writer.WriteString(file);
            writer.WriteString($"EXPORT(Export_Id={number})");
        },
        static (message, _) => message.GetBodyReader().ReadString());

    /// <summary>Removes an export.</summary>
    /// <param name="number">Its Export_Id.</param>
    /// <exception cref="CommandException">It does not answer, or refuses; the message has its reason.</exception>
    internal Task RemoveAsync(int number) => CallAsync(
        "RemoveExport", "q", (ref MessageWriter writer) => writer.WriteUInt16((ushort)number), static (_, _) => true);

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    private delegate void WriteArguments(ref MessageWriter writer);

    private async Task<T> CallAsync<T>(string method, string? signature, WriteArguments write, MessageValueReader<T> read)
    {
        try
        {
            return await _connection.CallMethodAsync(CreateCall(method, signature, write), read).WaitAsync(s_limit);
        }
        catch (DBusErrorReplyException refusal)
        {
            throw new CommandException(ExitCode.PeerRefused, $"NFS-Ganesha: {refusal.ErrorMessage.Trim()}");
        }
        catch (DBusExceptionBase exception)
        {
            throw new CommandException(ExitCode.PeerUnreachable, $"NFS-Ganesha, over D-Bus: {exception.Message}");
        }
        catch (TimeoutException)
        {
            throw new CommandException(
                ExitCode.PeerUnreachable, $"NFS-Ganesha has not answered {method} over D-Bus for {s_limit.TotalSeconds} s");
        }
    }

    private MessageBuffer CreateCall(string method, string? signature, WriteArguments write)
    {
        MessageWriter writer = _connection.GetMessageWriter();
        try
        {
            writer.WriteMethodCallHeader(Name, Path, Interface, method, signature);
            write(ref writer);
            return writer.CreateMessage();
        }
        finally
        {
            writer.Dispose();
        }
    }
}
