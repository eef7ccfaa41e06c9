using System.Net;
using Microsoft.AspNetCore.Connections;

namespace KadaluFsd.Control;

/// <summary>
/// The connections of one HTTP server. When there are as many as may be, the next one takes the place of an idle one, or of one
/// that only asks for something and can ask again, so that nobody can keep others out by holding connections open.
/// </summary>
/// <param name="capacity">How many there may be.</param>
internal sealed class ControlConnections(int capacity)
{
    private readonly Lock _lock = new();

    // By when they began to do what they do, the longest ago first.
    private readonly LinkedList<ControlConnection> _open = [];

    /// <summary>How many there are.</summary>
    internal int Count
    {
        get
        {
            lock (_lock)
            {
                return _open.Count;
            }
        }
    }

    /// <summary>Serves a connection, if there is or can be made a place for it.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="serve">Serves it.</param>
    /// <returns>A task that ends with it.</returns>
    internal async Task RunAsync(ConnectionContext connection, ConnectionDelegate serve)
    {
        var entry = new ControlConnection(this, connection, (connection.RemoteEndPoint as IPEndPoint)?.Address);
        if (!TryEnter(entry))
        {
            connection.Abort(new ConnectionAbortedException("every connection is busy"));
            return;
        }

        connection.Features.Set(entry);
        try
        {
            await serve(connection);
        }
        finally
        {
            Leave(entry);
        }
    }

    private bool TryEnter(ControlConnection entry)
    {
        ControlConnection? closed = null;
        lock (_lock)
        {
            if (_open.Count >= capacity)
            {
                closed = FindDispensable();
                if (closed is null)
                {
                    return false;
                }

                _open.Remove(closed);
            }

            _open.AddLast(entry);
        }

        closed?.Connection.Abort(new ConnectionAbortedException("idle, and another one came"));
        return true;
    }

    private void Leave(ControlConnection entry)
    {
        lock (_lock)
        {
            _open.Remove(entry);
        }
    }

    /// <summary>Notes what a connection does from now on.</summary>
    /// <param name="entry">The connection.</param>
    /// <param name="activity">What it does.</param>
    internal void Note(ControlConnection entry, ControlActivity activity)
    {
        lock (_lock)
        {
            entry.Activity = activity;
            if (_open.Remove(entry))
            {
                _open.AddLast(entry);
            }
        }
    }

    // One that has only just come is about to ask, and its answer is what it came for.
    private ControlConnection? FindDispensable() =>
        FindOldest(activity => activity == ControlActivity.Idle) ??
        FindOldest(activity => activity is ControlActivity.Comes or ControlActivity.Asks);

    // The oldest one of the address that has the most: who comes once is not pushed out by who comes again and again.
    private ControlConnection? FindOldest(Func<ControlActivity, bool> isMeant) =>
        _open.Where(each => isMeant(each.Activity)).GroupBy(each => each.Address).MaxBy(group => group.Count())?.First();
}

/// <summary>A connection of an HTTP server.</summary>
/// <param name="all">The server's, which it is among.</param>
/// <param name="connection">It.</param>
/// <param name="address">The peer's; null on a unix socket.</param>
internal sealed class ControlConnection(ControlConnections all, ConnectionContext connection, IPAddress? address)
{
    /// <summary>The connection.</summary>
    internal ConnectionContext Connection => connection;

    /// <summary>The peer's address; null on a unix socket.</summary>
    internal IPAddress? Address => address;

    /// <summary>What it is doing; set and read by <see cref="ControlConnections"/> only.</summary>
    internal ControlActivity Activity { get; set; }

    /// <summary>It does something else from now on.</summary>
    /// <param name="activity">What it does.</param>
    internal void Becomes(ControlActivity activity) => all.Note(this, activity);
}

/// <summary>What an HTTP connection is doing.</summary>
internal enum ControlActivity
{
    /// <summary>No whole request has come yet.</summary>
    Comes,

    /// <summary>Nothing: the last request is answered.</summary>
    Idle,

    /// <summary>It is being told something (GET).</summary>
    Asks,

    /// <summary>It is having something done.</summary>
    Orders,
}
