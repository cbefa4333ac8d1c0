using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Npgsql;

namespace EventStore.EF.PostgreSQL.Tests.Faults;

/// <summary>Stands between a store and its server, and lets a message go wrong where a test wants it.</summary>
public sealed class FaultyProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<ProxiedConnection, Task> _connections = [];
    private readonly EndPoint _server;
    private readonly Task _accepting;
    private readonly Lock _lock = new();
    private Armed? _armed;
    private TaskCompletionSource _struck = NewSignal();
    private volatile bool _isAway;
    private TaskCompletionSource? _thawing;

    /// <summary>A proxy of the server that a connection string names.</summary>
    public FaultyProxy(string connectionString, string options = "")
    {
        var parsed = new NpgsqlConnectionStringBuilder(connectionString);
        _server = parsed.Host!.StartsWith('/')
            ? new UnixDomainSocketEndPoint($"{parsed.Host}/.s.PGSQL.{parsed.Port}")
            : new DnsEndPoint(parsed.Host, parsed.Port);
        _listener.Start();
        ConnectionString = new NpgsqlConnectionStringBuilder($"{connectionString};{options}")
        {
            Host = IPAddress.Loopback.ToString(),
            Port = ((IPEndPoint)_listener.LocalEndpoint).Port,
            SslMode = SslMode.Disable,
        }.ConnectionString;
        _accepting = AcceptAsync();
    }

    /// <summary>To the server, through this proxy.</summary>
    public string ConnectionString { get; }

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
    public void Arm(Fault fault, string text, int atLeast = 1, int times = 1, bool andStaysAway = false)
    {
        lock (_lock)
        {
            _armed = new(fault, Encoding.UTF8.GetBytes(text), atLeast, times, andStaysAway);
            _struck = NewSignal();
        }
    }

    /// <summary>The server can't be reached from now on: connections are cut, and new ones too.</summary>
    public void GoAway()
    {
        _isAway = true;
        foreach (var connection in _connections.Keys)
            connection.Cut();
    }

    /// <summary>The server can be reached again.</summary>
    public void ComeBack() => _isAway = false;

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
    internal Fault? Meet(ReadOnlySpan<byte> message)
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

        return armed.Fault;
    }

    /// <summary>The fault has done its work on a connection.</summary>
    internal void Struck(ProxiedConnection struck)
    {
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

            var connection = new ProxiedConnection(this, client, _server);
            _connections[connection] = connection.ServeAsync();
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed record Armed(Fault Fault, byte[] Text, int AtLeast, int Times, bool AndStaysAway);
}
