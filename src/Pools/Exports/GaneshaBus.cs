using System.Diagnostics;
using KadaluFsd.Contract;
using Tmds.DBus.Protocol;

namespace KadaluFsd.Pools.Exports;

/// <summary>An export that a running NFS-Ganesha has.</summary>
/// <param name="Number">Export_Id.</param>
/// <param name="Pseudo">The path that NFS clients mount.</param>
/// <param name="Tag">What <see cref="NfsExport.Tag"/> says; something else, or nothing, for others' exports.</param>
internal sealed record LiveExport(int Number, string Pseudo, string Tag);

/// <summary>A running NFS-Ganesha, over D-Bus: its interface org.ganesha.nfsd.exportmgr.</summary>
internal sealed class GaneshaBus : IDisposable
{
    private const string Name = "org.ganesha.nfsd";
    private const string Path = "/org/ganesha/nfsd/ExportMgr";
    private const string Interface = "org.ganesha.nfsd.exportmgr";
    private const string BusyReason = "operation is in progress";

    private static readonly TimeSpan s_asksAgainAfter = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_connectsWithin = TimeSpan.FromSeconds(10);

    // An export is added when its volfile servers and units have been tried, and removed when libgfapi has ended its threads, for
    // which it takes ten seconds.
    private static readonly TimeSpan s_answersWithin = TimeSpan.FromMinutes(2);

    private readonly DBusConnection _connection;

    private GaneshaBus(DBusConnection connection) => _connection = connection;

    /// <summary>Finds it.</summary>
    /// <returns>Null where there is no D-Bus, or no NFS-Ganesha on it.</returns>
    /// <exception cref="CommandException">D-Bus does not answer.</exception>
    internal static async Task<GaneshaBus?> FindAsync()
    {
        if (DBusAddress.System is not { } address)
        {
            return null;
        }

        var connection = new DBusConnection(address);
        try
        {
            await connection.ConnectAsync().AsTask().WaitAsync(s_connectsWithin);
            if ((await connection.ListServicesAsync().WaitAsync(s_connectsWithin)).Contains(Name))
            {
                return new GaneshaBus(connection);
            }
        }
        catch (DBusExceptionBase)
        {
            // The same as without one.
        }
        catch (TimeoutException)
        {
            connection.Dispose();
            throw new CommandException(
                ExitCode.PeerUnreachable, $"D-Bus ({address}) has not answered for {s_connectsWithin.TotalSeconds} s");
        }

        connection.Dispose();
        return null;
    }

    /// <summary>Lists the exports that it has.</summary>
    /// <exception cref="CommandException">It does not answer.</exception>
    internal async Task<LiveExport[]> ListAsync()
    {
        var exports = new List<LiveExport>();
        foreach (int number in await CallAsync("ShowExports", null, static (ref MessageWriter _) => { }, ReadNumbers))
        {
            try
            {
                exports.Add(await CallAsync(
                    "DisplayExport", "q", (ref MessageWriter writer) => writer.WriteUInt16((ushort)number), ReadExport));
            }
            catch (CommandException refusal) when (refusal.Code == ExitCode.PeerRefused)
            {
                // It has gone meanwhile.
            }
        }

        return [.. exports];
    }

    /// <summary>Adds an export.</summary>
    /// <param name="file">The file with its block, which NFS-Ganesha reads.</param>
    /// <param name="number">Its Export_Id.</param>
    /// <exception cref="CommandException">It does not answer, or refuses; the message has its reason.</exception>
    internal Task AddAsync(string file, int number) => CallWithFileAsync("AddExport", file, number);

    /// <summary>Changes who may do what with an export; all else stays, whatever the block says.</summary>
    /// <param name="file">The file with its block, which NFS-Ganesha reads.</param>
    /// <param name="number">Its Export_Id.</param>
    /// <exception cref="CommandException">It does not answer, or refuses; the message has its reason.</exception>
    internal Task UpdateAsync(string file, int number) => CallWithFileAsync("UpdateExport", file, number);

    /// <summary>Removes an export.</summary>
    /// <param name="number">Its Export_Id.</param>
    /// <exception cref="CommandException">It does not answer, or refuses; the message has its reason.</exception>
    internal Task RemoveAsync(int number) => CallAsync(
        "RemoveExport", "q", (ref MessageWriter writer) => writer.WriteUInt16((ushort)number), static (_, _) => true);

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    private delegate void WriteArguments(ref MessageWriter writer);

    // (tt)a(qs((sb)(sb)…)(tt)): when it was asked; then of each export its number, its path, which protocols it counts, when it was
    // used. Versions count other protocols.
    private static int[] ReadNumbers(Message message, object? state)
    {
        Reader reader = message.GetBodyReader();
        int protocols = message.SignatureAsString!.Split("(sb)").Length - 1;
        SkipTime(ref reader);
        var numbers = new List<int>();
        ArrayEnd exports = reader.ReadArrayStart(DBusType.Struct);
        while (reader.HasNext(exports))
        {
            reader.AlignStruct();
            numbers.Add(reader.ReadUInt16());
            _ = reader.ReadString();
            reader.AlignStruct();
            for (int protocol = 0; protocol < protocols; protocol++)
            {
                reader.AlignStruct();
                _ = reader.ReadString();
                _ = reader.ReadBool();
            }

            SkipTime(ref reader);
        }

        return [.. numbers];
    }

    private static void SkipTime(ref Reader reader)
    {
        reader.AlignStruct();
        _ = reader.ReadUInt64();
        _ = reader.ReadUInt64();
    }

    // qsssa(siyyiuuuuu): number, path of the first version, path that clients mount, tag, clients.
    private static LiveExport ReadExport(Message message, object? state)
    {
        Reader reader = message.GetBodyReader();
        int number = reader.ReadUInt16();
        _ = reader.ReadString();
        return new LiveExport(number, reader.ReadString(), reader.ReadString());
    }

    private Task<string> CallWithFileAsync(string method, string file, int number) => CallAsync(
        method, "ss",
        (ref MessageWriter writer) =>
        {
            writer.WriteString(file);
            writer.WriteString($"EXPORT(Export_Id={number})");
        },
        static (message, _) => message.GetBodyReader().ReadString());

    // It refuses everything while it starts, or reads its configuration again, or does what somebody else has asked for.
    private async Task<T> CallAsync<T>(string method, string? signature, WriteArguments write, MessageValueReader<T> read)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return await CallOnceAsync(method, signature, write, read);
            }
            catch (CommandException exception) when (
                clock.Elapsed < s_answersWithin && exception.Message.Contains(BusyReason, StringComparison.Ordinal))
            {
                await Task.Delay(s_asksAgainAfter);
            }
        }
    }

    private async Task<T> CallOnceAsync<T>(string method, string? signature, WriteArguments write, MessageValueReader<T> read)
    {
        try
        {
            return await _connection.CallMethodAsync(CreateCall(method, signature, write), read).WaitAsync(s_answersWithin);
        }
        catch (DBusErrorReplyException refusal)
        {
            throw new CommandException(
                ExitCode.PeerRefused, $"NFS-Ganesha refuses: {refusal.ErrorMessage.Trim().ReplaceLineEndings("; ")}");
        }
        catch (DBusExceptionBase exception)
        {
            throw new CommandException(ExitCode.PeerUnreachable, $"NFS-Ganesha, over D-Bus: {exception.Message}");
        }
        catch (TimeoutException)
        {
            throw new CommandException(
                ExitCode.PeerUnreachable,
                $"NFS-Ganesha has not answered {method} over D-Bus for {s_answersWithin.TotalSeconds} s: it hangs, or is stopped");
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
