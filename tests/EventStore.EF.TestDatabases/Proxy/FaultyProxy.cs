using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Npgsql;

namespace EventStore.EF.TestDatabases;

/// <summary>Stands between clients and their PostgreSQL server, and lets the network or a single message go wrong where it is wanted.</summary>
public sealed class FaultyProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<ProxiedConnection, Task> _connections = [];
    private readonly Task _accepting;
    private readonly Lock _lock = new();
    private Armed? _armed;
    private TaskCompletionSource _struck = NewSignal();
    private volatile bool _isAway;
    private volatile bool _isSilent;
    private TaskCompletionSource? _thawing;

    /// <summary>A proxy of the server that a connection string names.</summary>
    /// <param name="connectionString">Of the server.</param>
    /// <param name="options">More of a connection string, for the clients.</param>
    public FaultyProxy(string connectionString, string options = "")
    {
        Server = ProxiedServer.Of(connectionString);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        ConnectionString = ProxiedServer.Through($"{connectionString};{options}", Port);
        _accepting = AcceptAsync();
    }

    /// <summary>Where new connections are carried to.</summary>
    public EndPoint Server { get; set; }

    /// <summary>Where this proxy listens, on the loopback address.</summary>
    public int Port { get; }

    /// <summary>To the server, through this proxy.</summary>
    public string ConnectionString { get; }

    /// <summary>How long everything takes to get from one side to the other.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Whether the fault has struck as often as it was to.</summary>
    public bool HasStruck
    {
        get
        {
            lock (_lock)
                return _armed is null;
        }
    }

    /// <summary>Waits until the fault has struck; fails after 30 seconds.</summary>
    public Task StruckAsync(CancellationToken ct) => _struck.Task.WaitAsync(TimeSpan.FromSeconds(30), ct);

    /// <summary>Lets the next message to the server go wrong that has a text in it.</summary>
    /// <param name="fault">What goes wrong.</param>
    /// <param name="text">The text.</param>
    /// <param name="atLeast">How often the text must be in the message.</param>
    /// <param name="times">How many such messages go wrong.</param>
    /// <param name="andStaysAway">Whether the server can't be reached any more from then on, until <see cref="ComeBack"/>.</param>
    /// <param name="struck">Runs at the very point of the fault, before the client can see anything of it.</param>
    public void Arm(MessageFault fault, string text, int atLeast = 1, int times = 1, bool andStaysAway = false, Action? struck = null)
    {
        lock (_lock)
        {
            _armed = new(fault, Encoding.UTF8.GetBytes(text), atLeast, times, andStaysAway, struck);
            _struck = NewSignal();
        }
    }

    /// <summary>Takes back what was armed and has not struck.</summary>
    public void Disarm()
    {
        lock (_lock)
            _armed = null;
    }

    /// <summary>Cuts every connection there is; new ones are welcome.</summary>
    public void Cut()
    {
        foreach (var connection in _connections.Keys)
            connection.Cut();
    }

    /// <summary>Cuts every connection, and refuses new ones until <see cref="ComeBack"/>.</summary>
    public void GoAway()
    {
        _isAway = true;
        Cut();
    }

    /// <summary>
    /// From now on nothing gets through, in either direction, and neither side is told: half-open connections. They stay so;
    /// <see cref="ComeBack"/> lets only new ones through.
    /// </summary>
    public void FallSilent()
    {
        _isSilent = true;
        foreach (var connection in _connections.Keys)
            connection.FallSilent();
    }

    /// <summary>The server can be reached again.</summary>
    public void ComeBack()
    {
        _isAway = false;
        _isSilent = false;
    }

    /// <summary>Nothing gets through any more, in either direction, and nobody is told. What is sent meanwhile arrives after <see cref="Thaw"/>.</summary>
    public void Freeze() => _thawing = NewSignal();

    /// <summary>Everything gets through again.</summary>
    public void Thaw()
    {
        var thawing = _thawing;
        _thawing = null;
        thawing?.TrySetResult();
    }

    /// <summary>The statements that went through to the server, counted when they are executed.</summary>
    public StatementLog Statements { get; } = new();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        Thaw();
        await _accepting.ConfigureAwait(false);
        foreach (var (connection, serving) in _connections)
        {
            connection.Cut();
            await serving.ConfigureAwait(false);
        }

        await using var pool = new NpgsqlConnection(ConnectionString);
        NpgsqlConnection.ClearPool(pool);
    }

    /// <summary>Waits while nothing gets through.</summary>
    internal Task PassAsync() => _thawing?.Task ?? Task.CompletedTask;

    /// <summary>What is to become of a message.</summary>
    internal MetFault? Meet(ReadOnlySpan<byte> message)
    {
        Armed armed;
        lock (_lock)
        {
            if (_armed is null || message.Count(_armed.Text) < _armed.AtLeast)
                return null;

            armed = _armed;
            _armed = armed.Times > 1 ? armed with { Times = armed.Times - 1 } : null;
            _isAway |= armed.AndStaysAway && _armed is null;
        }

        return new(armed.Fault, armed.Struck);
    }

    /// <summary>The fault does its work on a connection.</summary>
    internal void Struck(ProxiedConnection struck, MetFault fault)
    {
        fault.Struck?.Invoke();
        if (_isAway)
        {
            foreach (var connection in _connections.Keys.Where(connection => connection != struck))
                connection.Cut();
        }

        if (HasStruck)
            _struck.TrySetResult();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket client;
            try
            {
                client = await _listener.AcceptSocketAsync().ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }

            if (_isAway)
            {
                client.Dispose();
                continue;
            }

            client.NoDelay = true;
            var connection = new ProxiedConnection(this, client, Server);
            if (_isSilent)
                connection.FallSilent();

            _connections[connection] = ServeAsync(connection);
        }
    }

    private async Task ServeAsync(ProxiedConnection connection)
    {
        await connection.ServeAsync().ConfigureAwait(false);
        _connections.TryRemove(connection, out _);
    }

    /// <summary>What becomes of a message, and what runs then.</summary>
    internal sealed record MetFault(MessageFault Fault, Action? Struck);

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed record Armed(MessageFault Fault, byte[] Text, int AtLeast, int Times, bool AndStaysAway, Action? Struck);
}
