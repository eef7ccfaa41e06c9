using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using KadaluFsd.Rpc.Gluster;
using KadaluFsd.Rpc.Xdr;

namespace KadaluFsd.Attack.Tests.Wire;

/// <summary>A client of a unit that sends what it likes: every field of every call is the caller's.</summary>
internal sealed class WireClient : IDisposable
{
    private const uint HandshakeProgram = 14398633;
    private const uint HandshakeVersion = 2;
    private const uint SetVolume = 1;
    private const uint FileProgram = 1298437;
    private const uint FileVersion = 400;
    private const uint AuthGlusterFs = 390040;
    private const uint LastFragment = 0x80000000;

    private readonly Socket _socket;
    private uint _call;

    private WireClient(Socket socket) => _socket = socket;

    /// <summary>Connects, and says nothing.</summary>
    internal static async Task<WireClient> ConnectAsync(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            ReceiveTimeout = 30_000,
            NoDelay = true
        };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
        return new WireClient(socket);
    }

    /// <summary>Connects and is let in.</summary>
    internal static async Task<WireClient> EnterAsync(int port, string volume, string? subdirectory = null)
    {
        WireClient client = await ConnectAsync(port);
        Introduction answer = client.Introduce(volume, subdirectory is null ? [] : [("subdir-mount", subdirectory)]);
        Assert.True(answer.Result == 0, $"SETVOLUME: {answer.Error}: {answer.Text}");
        return client;
    }

    /// <summary>Says who it is and what it wants (SETVOLUME).</summary>
    internal Introduction Introduce(string volume, params (string Key, string Value)[] more)
    {
        GlusterDict dict = GlusterDict.Empty
            .Add("remote-subvolume", volume)
                .Add("process-uuid", "attack-" + Guid.NewGuid()).Add("client-version", "10.3").Add("process-name", "attack")
            .Add("fops-version", "1298437").Add("mgmt-version", "0").Add("opversion", "100000");
        foreach ((string key, string value) in more)
        {
            dict = dict.Add(key, value);
        }

        var reader =
            new XdrReader(Call(HandshakeProgram, HandshakeVersion, SetVolume, body => body.WriteOpaque(dict.Encoded.Span)));
        (int result, int error) = (reader.ReadInt32(), reader.ReadInt32());
        return new Introduction(result, error, GlusterDict.Decode(reader.ReadOpaque(1 << 20)).GetString("ERROR"u8) ?? "");
    }

    /// <summary>Does one file operation.</summary>
    /// <param name="operation">Which.</param>
    /// <param name="body">Writes the rest of the call.</param>
    /// <returns>The answer.</returns>
    internal WireReply Do(FileOperation operation, WriteBody body) => new(Call(FileProgram, FileVersion, (uint)operation, body));

    public void Dispose() => _socket.Dispose();

    private ReadOnlyMemory<byte> Call(uint program, uint version, uint procedure, WriteBody write)
    {
        var record = new ArrayBufferWriter<byte>();
        var writer = new XdrWriter(record);
        writer.WriteWords([++_call, 0, 2, program, version, procedure, AuthGlusterFs]);

        // pid, uid, gid, flags, ctime (nanoseconds, seconds), no groups, a lock owner of 8 bytes (struct
        // auth_glusterfs_params_v3).
        var credentials = new ArrayBufferWriter<byte>();
        var who = new XdrWriter(credentials);
        who.WriteWords([4242, 0, 0, 0, 0, 0, 0, 0]);
        who.WriteOpaque(new byte[8]);
        writer.WriteOpaque(credentials.WrittenSpan);
        writer.WriteWords([0, 0]);
        write(writer);

        Span<byte> mark = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(mark, LastFragment | (uint)record.WrittenCount);
        _socket.Send(mark);
        _socket.Send(record.WrittenSpan);
        return Receive();
    }

    private ReadOnlyMemory<byte> Receive()
    {
        uint length = BinaryPrimitives.ReadUInt32BigEndian(ReceiveExactly(4));
        Assert.True((length & LastFragment) != 0, "a reply of several fragments");
        var reader = new XdrReader(ReceiveExactly((int)(length & ~LastFragment)));
        Assert.Equal((_call, 1u, 0u), (reader.ReadUInt32(), reader.ReadUInt32(), reader.ReadUInt32()));
        reader.ReadUInt32();
        reader.ReadOpaque(400);
        Assert.Equal(0u, reader.ReadUInt32());
        return reader.Rest;
    }

    private byte[] ReceiveExactly(int length)
    {
        byte[] bytes = new byte[length];
        for (int have = 0; have < length;)
        {
            int count = _socket.Receive(bytes.AsSpan(have));
            Assert.True(count > 0, "the unit closed the connection");
            have += count;
        }

        return bytes;
    }
}

/// <summary>Writes what stands in a call behind its header.</summary>
/// <param name="body">Where to.</param>
internal delegate void WriteBody(XdrWriter body);

/// <summary>What came of SETVOLUME.</summary>
/// <param name="Result">0, or -1.</param>
/// <param name="Error">Why not.</param>
/// <param name="Text">The same in words.</param>
internal sealed record Introduction(int Result, int Error, string Text);

/// <summary>An answer to a file operation. All of them begin with a result and an error.</summary>
/// <param name="Body">What stands behind the reply's header.</param>
internal sealed record WireReply(ReadOnlyMemory<byte> Body)
{
    /// <summary>0 or more, or -1.</summary>
    internal int Result => BinaryPrimitives.ReadInt32BigEndian(Body.Span);

    /// <summary>Why not.</summary>
    internal int Error => BinaryPrimitives.ReadInt32BigEndian(Body.Span[4..]);

    /// <summary>Whether some text stands anywhere in it.</summary>
    internal bool Contains(string text) => Body.Span.IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;

    /// <summary>
    /// Behind result, error and the dict: of a lookup the gfid, of an opened file its number comes first where there is no gfid.
    /// </summary>
    internal XdrReader AfterDict()
    {
        var reader = new XdrReader(Body[8..]);
        WireDict.Skip(ref reader);
        return reader;
    }

    /// <summary>The gfid in an answer to a lookup.</summary>
    internal Guid Gfid
    {
        get
        {
            XdrReader reader = AfterDict();
            return new Guid(reader.Rest.Span[..16], bigEndian: true);
        }
    }

    /// <summary>The file's number in an answer to open or opendir.</summary>
    internal ulong File => AfterDict().ReadUInt64();
}
