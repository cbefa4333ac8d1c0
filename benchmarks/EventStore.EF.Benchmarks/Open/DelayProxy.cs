using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using EventStore.EF.TestDatabases;

namespace EventStore.EF.Benchmarks;

/// <summary>
/// A network between clients and a PostgreSQL server: everything takes the same time to the other side, to a tenth of a millisecond, and in
/// order. One thread delivers what all connections have sent.
/// </summary>
internal sealed class DelayProxy : IAsyncDisposable
{
    private const int ChunkBytes = 64 * 1024;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly BlockingCollection<Chunk> _underWay = [];
    private readonly ConcurrentDictionary<Socket, bool> _sockets = [];
    private readonly EndPoint _server;
    private readonly long _delay;
    private readonly Task _accepting;

    /// <param name="connectionString">Of the server.</param>
    /// <param name="eachWay">How long everything takes to get to the other side.</param>
    public DelayProxy(string connectionString, TimeSpan eachWay)
    {
        _server = ProxiedServer.Of(connectionString);
        _delay = (long)(eachWay.TotalSeconds * Stopwatch.Frequency);
        _listener.Start();
        ConnectionString = ProxiedServer.Through(connectionString, ((IPEndPoint)_listener.LocalEndpoint).Port);
        new Thread(Deliver) { IsBackground = true, Priority = ThreadPriority.AboveNormal }.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>To the server, through this network.</summary>
    public string ConnectionString { get; }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting;
        foreach (var socket in _sockets.Keys)
            socket.Dispose();

        _underWay.CompleteAdding();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync();
                var server = ProxiedServer.NewSocket(_server);
                client.NoDelay = true;
                _sockets[client] = _sockets[server] = true;
                await server.ConnectAsync(_server);
                _ = CarryAsync(client, server);
                _ = CarryAsync(server, client);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task CarryAsync(Socket from, Socket to)
    {
        try
        {
            while (true)
            {
                var buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
                var length = await from.ReceiveAsync(buffer.AsMemory());
                _underWay.Add(new(Stopwatch.GetTimestamp() + _delay, to, buffer, length));
                if (length == 0)
                    return;
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            Close(from);
            Close(to);
        }
    }

    private void Deliver()
    {
        foreach (var chunk in _underWay.GetConsumingEnumerable())
        {
            Nap.Until(chunk.Due);
            try
            {
                if (chunk.Length == 0)
                    chunk.To.Shutdown(SocketShutdown.Send);
                else
                    chunk.To.Send(chunk.Buffer.AsSpan(0, chunk.Length));
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                Close(chunk.To);
            }

            ArrayPool<byte>.Shared.Return(chunk.Buffer);
        }
    }

    private void Close(Socket socket)
    {
        _sockets.TryRemove(socket, out _);
        socket.Dispose();
    }

    private readonly record struct Chunk(long Due, Socket To, byte[] Buffer, int Length);
}
