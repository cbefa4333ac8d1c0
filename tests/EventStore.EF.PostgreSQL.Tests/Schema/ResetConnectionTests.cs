using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.PostgreSQL.Tests.Schema;

/// <summary>A server that is going down resets connections; that says nothing about the database.</summary>
public sealed class ResetConnectionTests
{
    [Fact]
    public async Task A_connection_that_is_reset_is_not_taken_for_a_missing_database()
    {
        var ct = TestContext.Current.CancellationToken;
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var resetting = ResetAsync(server);
        await using var store = new TestStore(builder => builder
            .UsePostgreSql($"Host=127.0.0.1;Port={((IPEndPoint)server.LocalEndpoint).Port};Database=shop;Username=shop;Password=shop;SSL Mode=Disable")
            .Configure(options => (options.MaxRetryAttempts, options.RetryDelay) = (1, TimeSpan.FromMilliseconds(1))));
        await Assert.ThrowsAsync<EventStoreUnavailableException>(() => store.Host.StartAsync(ct));
        server.Stop();
        await resetting;
    }

    private static async Task ResetAsync(TcpListener server)
    {
        try
        {
            while (true)
            {
                var client = await server.AcceptSocketAsync();
                _ = await client.ReceiveAsync(new byte[1024]);
                client.LingerState = new(enable: true, seconds: 0);
                client.Close();
            }
        }
        catch (SocketException)
        {
            // The test is over.
        }
        catch (ObjectDisposedException)
        {
            // The same.
        }
    }
}
