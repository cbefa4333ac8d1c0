using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace EventStore.EF.PostgreSQL.Tests.Faults;

/// <summary>One connection of a <see cref="FaultyProxy"/>: what the client sends in one go is one message.</summary>
internal sealed class ProxiedConnection(FaultyProxy proxy, Socket client, EndPoint server)
{
    private readonly Socket _server = server is UnixDomainSocketEndPoint
        ? new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
        : new(SocketType.Stream, ProtocolType.Tcp);

    private readonly StatementReader _statements = new(proxy.Statements);
    private volatile FaultBox? _fault;

    /// <summary>Carries bytes to and fro until one end closes.</summary>
    public async Task ServeAsync()
    {
        await Task.Yield();
        try
        {
            await _server.ConnectAsync(server).ConfigureAwait(false);
            var answers = CarryAnswersAsync();
            await Task.WhenAny(CarryMessagesAsync(), answers).ConfigureAwait(false);
            if (_fault is { Fault: Fault.Abandon })
            {
                client.Close();
                await answers.ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The client sees that the server is gone.
        }
        finally
        {
            Cut();
        }
    }

    public void Cut()
    {
        client.Dispose();
        _server.Dispose();
    }

    private async Task CarryMessagesAsync()
    {
        var buffer = new byte[1 << 20];
        try
        {
            while (await client.ReceiveAsync(buffer).ConfigureAwait(false) is > 0 and var count)
            {
                if (proxy.Meet(buffer.AsSpan(0, count)) is { } fault)
                    _fault = new(fault);

                if (_fault is { Fault: Fault.CutBefore })
                {
                    proxy.Struck(this);
                    return;
                }

                await proxy.PassAsync().ConfigureAwait(false);
                _statements.Read(buffer.AsSpan(0, count));
                await SendAsync(_server, buffer.AsMemory(0, count)).ConfigureAwait(false);
                if (_fault is { Fault: Fault.Abandon })
                {
                    proxy.Struck(this);
                    return;
                }
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Cut.
        }
    }

    private async Task CarryAnswersAsync()
    {
        var buffer = new byte[1 << 16];
        var withheld = new List<byte>();
        try
        {
            while (await _server.ReceiveAsync(buffer).ConfigureAwait(false) is > 0 and var count)
            {
                await proxy.PassAsync().ConfigureAwait(false);
                if (_fault is null)
                {
                    await SendAsync(client, buffer.AsMemory(0, count)).ConfigureAwait(false);
                    continue;
                }

                withheld.AddRange(buffer.AsSpan(0, count));
                if (!IsReady(withheld))
                    continue;

                if (_fault.Fault is not Fault.Abandon)
                    proxy.Struck(this);
                if (_fault.Fault is not Fault.Silence)
                    return;

                withheld.Clear();
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Cut.
        }
    }

    /// <summary>Whether the server has said that it is ready for the next query: what was sent is done, and committed.</summary>
    private static bool IsReady(List<byte> answers)
    {
        var bytes = answers.ToArray();
        for (var at = 0; at + 5 <= bytes.Length; at += 1 + BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at + 1)))
        {
            if (bytes[at] == (byte)'Z')
                return true;
        }

        return false;
    }

    private static async Task SendAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
            bytes = bytes[await socket.SendAsync(bytes).ConfigureAwait(false)..];
    }

    private sealed record FaultBox(Fault Fault);
}
