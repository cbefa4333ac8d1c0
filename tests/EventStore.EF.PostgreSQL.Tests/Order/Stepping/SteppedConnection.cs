using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using EventStore.EF.TestDatabases;

namespace EventStore.EF.PostgreSQL.Tests.Order.Stepping;

/// <summary>
/// One connection of a <see cref="SteppingProxy"/>. It carries the client's messages one by one: the first has only a length, the others a
/// letter before it. After each <c>Execute</c> but before the next statement, or the end of the batch, there is a boundary.
/// </summary>
internal sealed class SteppedConnection : IAsyncDisposable
{
    private const byte Execute = (byte)'E', Parse = (byte)'P', Bind = (byte)'B', Sync = (byte)'S';
    private const byte CommandComplete = (byte)'C', ReadyForQuery = (byte)'Z';

    /// <summary>Asks the server to send what it has, without ending the batch.</summary>
    private static readonly byte[] Flush = [(byte)'H', 0, 0, 0, 4];

    private readonly SteppingProxy _proxy;
    private readonly Socket _client;
    private readonly Socket _server;
    private readonly Task _serving;
    private readonly SemaphoreSlim _completed = new(0);

    public SteppedConnection(SteppingProxy proxy, Socket client, EndPoint server)
    {
        _proxy = proxy;
        _client = client;
        _client.NoDelay = true;
        _server = ProxiedServer.NewSocket(server);
        _serving = ServeAsync(server);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _server.Dispose();
        await _serving;
        _completed.Dispose();
    }

    private async Task ServeAsync(EndPoint server)
    {
        await Task.Yield();
        try
        {
            await _server.ConnectAsync(server);
            await Task.WhenAny(CarryMessagesAsync(), CarryAnswersAsync());
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The client sees that the server is gone.
        }

        _client.Dispose();
        _server.Dispose();
    }

    private Task CarryMessagesAsync()
    {
        var executed = 0;
        return CarryAsync(_client, _server, hasLetter: false, async message =>
        {
            var letter = message.Span[0];
            if (letter is Parse or Bind or Sync && executed > 0)
            {
                // Everything before the boundary is done when the server has said so. A statement is parsed and bound behind one boundary.
                await SendAsync(_server, Flush);
                for (; executed > 0; executed--)
                    await _completed.WaitAsync();

                if (_proxy.Meet() is { } hold)
                    await hold.StayAsync();
            }

            if (letter is Execute)
                executed++;
        });
    }

    private Task CarryAnswersAsync()
        => CarryAsync(_server, _client, hasLetter: true, message =>
        {
            if (message.Span[0] is CommandComplete)
                _completed.Release();

            // A statement that fails is not completed, and neither are those behind it: nobody is to wait for them.
            if (message.Span[0] is (byte)'E')
                _completed.Release(1000);
            if (message.Span[0] is ReadyForQuery)
            {
                while (_completed.Wait(0))
                {
                }
            }

            return Task.CompletedTask;
        });

    private static async Task CarryAsync(Socket from, Socket to, bool hasLetter, Func<ReadOnlyMemory<byte>, Task> before)
    {
        var buffer = new byte[1 << 16];
        var filled = 0;
        try
        {
            while (true)
            {
                if (filled == buffer.Length)
                    Array.Resize(ref buffer, buffer.Length * 2);

                var count = await from.ReceiveAsync(buffer.AsMemory(filled));
                if (count == 0)
                    return;

                filled += count;
                var at = 0;
                while (Length(buffer.AsSpan(at, filled - at), hasLetter) is { } length && length <= filled - at)
                {
                    var message = buffer.AsMemory(at, length);
                    if (hasLetter)
                        await before(message);

                    await SendAsync(to, message);
                    hasLetter = true;
                    at += length;
                }

                buffer.AsSpan(at, filled - at).CopyTo(buffer);
                filled -= at;
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // One end has closed.
        }
    }

    private static int? Length(ReadOnlySpan<byte> bytes, bool hasLetter)
    {
        var head = hasLetter ? 1 : 0;
        return bytes.Length < head + 4 ? null : head + BinaryPrimitives.ReadInt32BigEndian(bytes[head..]);
    }

    private static async Task SendAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
            bytes = bytes[await socket.SendAsync(bytes)..];
    }
}
