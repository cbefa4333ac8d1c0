using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace EventStore.EF.TestDatabases;

/// <summary>One connection of a <see cref="FaultyProxy"/>: what the client sends in one go is one message.</summary>
internal sealed class ProxiedConnection(FaultyProxy proxy, Socket client, EndPoint server)
{
    private readonly Socket _server = ProxiedServer.NewSocket(server);

    private readonly StatementReader _statements = new(proxy.Statements);
    private volatile FaultyProxy.MetFault? _fault;
    private volatile bool _isSilent;

    /// <summary>Carries bytes to and fro until one end closes.</summary>
    public async Task ServeAsync()
    {
        await Task.Yield();
        try
        {
            await _server.ConnectAsync(server).ConfigureAwait(false);
            var answers = CarryAnswersAsync();
            await Task.WhenAny(CarryMessagesAsync(), answers).ConfigureAwait(false);
            if (_fault is { Fault: MessageFault.Abandon })
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

    /// <summary>Swallows everything from now on. The connection ends when an end gives it up.</summary>
    public void FallSilent() => _isSilent = true;

    private async Task CarryMessagesAsync()
    {
        var buffer = new byte[1 << 20];
        try
        {
            while (await client.ReceiveAsync(buffer).ConfigureAwait(false) is > 0 and var count)
            {
                if (_isSilent)
                    continue;

                if (proxy.Meet(buffer.AsSpan(0, count)) is { } fault)
                    _fault = fault;

                if (_fault is { Fault: MessageFault.CutBefore })
                {
                    proxy.Struck(this, _fault);
                    return;
                }

                if (_fault is { Fault: MessageFault.Wait })
                {
                    proxy.Struck(this, _fault);
                    _fault = null;
                }

                await proxy.PassAsync().ConfigureAwait(false);
                _statements.Read(buffer.AsSpan(0, count));
                await SendAsync(_server, buffer.AsMemory(0, count)).ConfigureAwait(false);
                if (_fault is { Fault: MessageFault.Abandon })
                {
                    proxy.Struck(this, _fault);
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
                if (_isSilent)
                    continue;

                if (_fault is not { } fault)
                {
                    await SendAsync(client, buffer.AsMemory(0, count)).ConfigureAwait(false);
                    continue;
                }

                withheld.AddRange(buffer.AsSpan(0, count));
                if (!IsReady(withheld))
                    continue;

                if (fault.Fault is MessageFault.CutAfter)
                    await SendAsync(client, withheld.ToArray()).ConfigureAwait(false);
                if (fault.Fault is not MessageFault.Abandon)
                    proxy.Struck(this, fault);
                if (fault.Fault is not MessageFault.Silence)
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

    private async Task SendAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        // One after the other, as a slow line that loses nothing would.
        if (proxy.Delay > TimeSpan.Zero)
            await Task.Delay(proxy.Delay, TimeProvider.System).ConfigureAwait(false);

        while (bytes.Length > 0)
            bytes = bytes[await socket.SendAsync(bytes).ConfigureAwait(false)..];
    }
}
