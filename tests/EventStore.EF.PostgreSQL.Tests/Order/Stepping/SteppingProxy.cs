using System.Net;
using System.Net.Sockets;
using EventStore.EF.TestDatabases;
using Npgsql;

namespace EventStore.EF.PostgreSQL.Tests.Order.Stepping;

/// <summary>
/// Stands between a store and its server, and holds what the store sends in one go at a place that a test names: between two of its
/// statements, or behind the last one. What comes before is carried out by then, and what comes after is not yet begun.
/// </summary>
internal sealed class SteppingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<SteppedConnection> _connections = [];
    private readonly EndPoint _server;
    private readonly Task _accepting;
    private readonly Lock _lock = new();
    private Hold? _hold;

    public SteppingProxy(string connectionString)
    {
        _server = ProxiedServer.Of(connectionString);
        _listener.Start();
        ConnectionString = ProxiedServer.Through(connectionString, ((IPEndPoint)_listener.LocalEndpoint).Port);
        _accepting = AcceptAsync();
    }

    /// <summary>To the server, through this proxy.</summary>
    public string ConnectionString { get; }

    /// <summary>Holds whoever comes to the boundary with this number, counted from now on over all connections. One hold at a time.</summary>
    public Hold HoldAt(int boundary)
    {
        lock (_lock)
            return _hold = new(boundary);
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
        _hold?.Release();
        foreach (var connection in _connections)
            await connection.DisposeAsync();

        await using var pool = new NpgsqlConnection(ConnectionString);
        NpgsqlConnection.ClearPool(pool);
    }

    /// <summary>A connection has come to a boundary; the hold, if it is to stay there.</summary>
    internal Hold? Meet()
    {
        lock (_lock)
        {
            if (_hold is not { } hold || hold.Boundary-- > 0)
                return null;

            _hold = null;
            return hold;
        }
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                _connections.Add(new(this, await _listener.AcceptSocketAsync(), _server));
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
        }
    }
}

/// <summary>A place where a reader is held.</summary>
internal sealed class Hold(int boundary)
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>How many boundaries are still to be passed.</summary>
    public int Boundary { get; set; } = boundary;

    /// <summary>Done when somebody is held.</summary>
    public Task Reached => _reached.Task;

    /// <summary>Lets him go on.</summary>
    public void Release() => _released.TrySetResult();

    internal Task StayAsync()
    {
        _reached.TrySetResult();
        return _released.Task;
    }
}
