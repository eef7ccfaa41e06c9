using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using KadaluFsd.Rpc;
using KadaluFsd.Serving.Events;
using KadaluFsd.Shared;
using Microsoft.Extensions.Logging.Abstractions;

namespace KadaluFsd.Serving.Tests;

/// <summary>
/// A socket as a pipe: what is read and what is left, what is sent and what has to wait, and every way it ends.
/// </summary>
public sealed class LoopSocketTests : IDisposable
{
    private static readonly TimeSpan s_limit = Patience.Limit;

    private readonly EventLoop _loop = new(NullLogger<EventLoop>.Instance);
    private readonly Socket _peer = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly LoopSocket _socket;

    public LoopSocketTests()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _peer.Connect(listener.LocalEndpoint);
        _socket = new LoopSocket(_loop, TestSockets.Accept(listener));
        _loop.Start();
        _loop.Invoke(_socket.Start);
    }

    public void Dispose()
    {
        _loop.Invoke(_socket.Dispose);
        _peer.Dispose();
        _loop.Dispose();
    }

    [Fact]
    public async Task What_is_left_comes_again_with_what_arrives_behind_it()
    {
        byte[] sent = [.. Enumerable.Range(0, 200).Select(value => (byte)value)];
        Task<string> read = OnLoopAsync(async () =>
        {
            string seen = "";
            for (int length = 0; length < sent.Length;)
            {
                ReadResult result = await _socket.Input.ReadAsync();
                Assert.Equal(sent[..(int)result.Buffer.Length], result.Buffer.ToArray());
                length = (int)result.Buffer.Length;
                _socket.Input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
                seen += "x";
            }

            return seen;
        });
        foreach (byte value in sent)
        {
            await _peer.SendAsync(new[] { value });
        }

        Assert.NotEmpty(await read.WaitAsync(s_limit));
    }

    [Fact]
    public async Task What_was_taken_is_gone_and_what_was_not_looked_at_is_there_at_once()
    {
        await _peer.SendAsync("abcdef"u8.ToArray());
        Assert.Equal("bcdef cdef", await OnLoopAsync(async () =>
        {
            ReadResult first = await ReadAtLeastAsync(6);
            _socket.Input.AdvanceTo(first.Buffer.GetPosition(1), first.Buffer.GetPosition(1));
            ValueTask<ReadResult> again = _socket.Input.ReadAsync();
            Assert.True(again.IsCompleted);
            ReadResult second = await again;
            string text = Text(second.Buffer);
            _socket.Input.AdvanceTo(second.Buffer.GetPosition(1), second.Buffer.GetPosition(1));
            return $"{text} {Text((await _socket.Input.ReadAsync()).Buffer)}";
        }).WaitAsync(s_limit));
    }

    [Fact]
    public async Task The_end_comes_behind_everything_that_was_sent()
    {
        byte[] sent = new byte[(3 * RpcLimits.ReadBuffer) + 5];
        Random.Shared.NextBytes(sent);
        Task<byte[]> read = OnLoopAsync(async () =>
        {
            while (true)
            {
                ReadResult result = await _socket.Input.ReadAsync();
                if (result.IsCompleted)
                {
                    return result.Buffer.ToArray();
                }

                _socket.Input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            }
        });
        await _peer.SendAsync(sent);
        _peer.Shutdown(SocketShutdown.Send);
        Assert.Equal(sent, await read.WaitAsync(s_limit));
    }

    [Fact]
    public async Task A_reset_is_an_error()
    {
        Task<ReadResult> read = OnLoopAsync(async () => await _socket.Input.ReadAsync());
        _peer.LingerState = new LingerOption(true, 0);
        _peer.Close();
        await Assert.ThrowsAsync<IOException>(() => read.WaitAsync(s_limit));
    }

    [Fact]
    public async Task A_wait_for_bytes_can_be_ended_and_nothing_is_lost_by_it()
    {
        Task<ReadResult> read = OnLoopAsync(async () => await _socket.Input.ReadAsync());
        _socket.Input.CancelPendingRead();
        Assert.True((await read.WaitAsync(s_limit)).IsCanceled);
        await _peer.SendAsync("x"u8.ToArray());
        Assert.Equal("x", await OnLoopAsync(async () =>
        {
            ReadResult nothing = await read;
            _socket.Input.AdvanceTo(nothing.Buffer.Start);
            return Text((await ReadAtLeastAsync(1)).Buffer);
        }).WaitAsync(s_limit));
    }

    [Fact]
    public async Task Nothing_is_taken_from_the_socket_while_nobody_waits()
    {
        await _peer.SendAsync("x"u8.ToArray());
        _ = await OnLoopAsync(async () => await ReadAtLeastAsync(1)).WaitAsync(s_limit);
        _peer.Blocking = false;
        byte[] piece = new byte[1 << 16];
        long taken = 0;
        for (int full = 0; full < 3;)
        {
            try
            {
                taken += _peer.Send(piece);
                full = 0;
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.WouldBlock)
            {
                // The loop has had its turn in between, and taken nothing.
                _loop.Invoke(() => { });
                full++;
            }

            Assert.True(taken < 64 << 20, "somebody takes what nobody has asked for");
        }
    }

    [Fact]
    public async Task What_the_peer_does_not_take_waits_and_all_of_it_gets_there()
    {
        byte[] sent = new byte[8 << 20];
        Random.Shared.NextBytes(sent);
        Task<FlushResult> flushed = OnLoopAsync(async () =>
        {
            _socket.Output.Write(sent);
            return await _socket.Output.FlushAsync();
        });
        byte[] received = new byte[sent.Length];
        int count = await _peer.ReceiveAsync(received.AsMemory(0, 1));
        Assert.False(flushed.IsCompleted);
        while (count < received.Length)
        {
            count += await _peer.ReceiveAsync(received.AsMemory(count));
        }

        FlushResult result = await flushed.WaitAsync(s_limit);
        Assert.False(result.IsCompleted || result.IsCanceled);
        Assert.Equal(sent, received);
        _loop.Invoke(() => Assert.Equal(0, _socket.Output.UnflushedBytes));
    }

    [Fact]
    public async Task A_wait_for_the_peer_can_be_ended()
    {
        Task<FlushResult> flushed = OnLoopAsync(async () =>
        {
            _socket.Output.Write(new byte[8 << 20]);
            return await _socket.Output.FlushAsync();
        });
        Assert.Equal(1, await _peer.ReceiveAsync(new byte[1]));
        _socket.Output.CancelPendingFlush();
        Assert.True((await flushed.WaitAsync(s_limit)).IsCanceled);
    }

    [Fact]
    public async Task A_peer_that_is_gone_takes_nothing_more()
    {
        _peer.LingerState = new LingerOption(true, 0);
        _peer.Close();
        FlushResult flushed = default;
        for (int attempt = 0; attempt < 100 && !flushed.IsCompleted; attempt++)
        {
            flushed = await OnLoopAsync(async () =>
            {
                _socket.Output.Write("x"u8);
                return await _socket.Output.FlushAsync();
            }).WaitAsync(s_limit);
        }

        Assert.True(flushed.IsCompleted);
    }

    private static string Text(ReadOnlySequence<byte> bytes) => System.Text.Encoding.ASCII.GetString(bytes.ToArray());

    private async Task<ReadResult> ReadAtLeastAsync(int length)
    {
        while (true)
        {
            ReadResult result = await _socket.Input.ReadAsync();
            if (result.Buffer.Length >= length)
            {
                return result;
            }

            _socket.Input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    private Task<T> OnLoopAsync<T>(Func<Task<T>> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _loop.Post(
            async _ =>
            {
                try
                {
                    done.SetResult(await work());
                }
#pragma warning disable CA1031 // It is the test's.
                catch (Exception exception)
#pragma warning restore CA1031
                {
                    done.SetException(exception);
                }
            },
            null);
        return done.Task;
    }
}
