using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;

namespace Ordering.Tests;

/// <summary>The shop sends what the store measures and traces to the collector that the environment names.</summary>
public sealed class OtlpTests : IAsyncDisposable
{
    private static readonly PlaceOrder Order = new(new("Ada", "ada@example.com"), [new("tea-assam", 1)]);

    private readonly HttpListener _collector = new();
    private readonly ConcurrentDictionary<string, string> _received = [];
    private readonly Task _collecting;
    private readonly RunningShop _shop;

    public OtlpTests()
    {
        var address = $"http://127.0.0.1:{FreePort()}/";
        _collector.Prefixes.Add(address);
        _collector.Start();
        _collecting = CollectAsync();
        _shop = new()
        {
            Settings = new Dictionary<string, string>
            {
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = address,
                ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
                ["OTEL_METRIC_EXPORT_INTERVAL"] = "200",
                ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
            },
        };
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_shop_exports_spans_and_metrics_of_the_store_where_an_endpoint_is_configured()
    {
        await _shop.InitializeAsync();
        using (var placed = await _shop.Client.PostAsJsonAsync("api/orders", Order, Ct))
            Assert.Equal(HttpStatusCode.Created, placed.StatusCode);

        await UntilReceivedAsync("/v1/traces", "append order", "process order-list", "process order-emails");
        await UntilReceivedAsync("/v1/metrics", "messaging.client.operation.duration", "eventstore.subscription.lag", "order-emails");
    }

    public async ValueTask DisposeAsync()
    {
        await _shop.DisposeAsync();
        _collector.Close();
        await _collecting;
    }

    private async Task UntilReceivedAsync(string path, params string[] texts)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!texts.All(text => _received.GetValueOrDefault(path, "").Contains(text, StringComparison.Ordinal)))
            await looks.WaitForNextTickAsync(patience.Token);
    }

    private async Task CollectAsync()
    {
        while (true)
        {
            try
            {
                var request = await _collector.GetContextAsync();
                using var body = new MemoryStream();
                await request.Request.InputStream.CopyToAsync(body);

                // Texts in Protocol Buffers are as they are.
                var text = Encoding.Latin1.GetString(body.ToArray());
                _received.AddOrUpdate(request.Request.Url!.AbsolutePath, text, (_, before) => before + text);
                request.Response.Close();
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
