using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Ordering.Tests;

/// <summary>What anybody can send to the shop that it must not believe, through real HTTP.</summary>
public sealed class HttpTests(RunningShop shop) : IClassFixture<RunningShop>
{
    private static readonly string[] Headers = ["From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Ada\\u2028Bcc: everybody@example.com")]
    [InlineData("Ada\u2028Bcc: everybody@example.com")]
    [InlineData("Ada\\r\\nBcc: everybody@example.com")]
    public async Task A_name_with_a_line_separator_is_refused_and_no_email_has_a_header_of_its_writer(string name)
    {
        using var refused = await PlaceAsync(name);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType?.MediaType);
        Assert.Contains("one line of at most 100 characters", await refused.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);

        // A later order's e-mail is written after any of the refused one.
        await EmailOfAsync(await PlacedAsync("Ada"));
        Assert.DoesNotContain("everybody", await shop.Client.GetStringAsync("api/shop", Ct), StringComparison.Ordinal);
        Assert.DoesNotContain(shop.Emails, email => email.Contains("everybody", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Ada, \\\"the countess\\\" <bo@example.com>, x: y")]
    [InlineData("李小龙 🍵 =?utf-8?Q?=0ABcc:_somebody@example.com?=")]
    public async Task A_name_that_is_taken_stays_within_its_header(string name)
    {
        var email = await EmailOfAsync(await PlacedAsync(name));
        var header = email[..email.IndexOf("\n\n", StringComparison.Ordinal)];
        Assert.Equal(Headers, header.Split('\n').Select(line => line.Split(':')[0]));
        Assert.All(header, character => Assert.True(character is '\n' or (>= ' ' and <= '~')));
        Assert.Contains("<ada@example.com>\nSubject: ", header, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_note_of_5_MB_is_refused_before_it_is_read()
    {
        var order = await PlacedAsync("Ada");
        using (var request = new HttpRequestMessage(HttpMethod.Post, $"api/orders/{order}/cancel"))
        {
            request.Content = JsonContent.Create(new CancelOrder(new('x', 5_000_000)));
            await request.Content.LoadIntoBufferAsync(Ct);

            // The answer comes instead of the invitation to send the note.
            request.Headers.ExpectContinue = true;
            using var refused = await shop.Client.SendAsync(request, Ct);
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, refused.StatusCode);
        }

        using (var tooLong = await shop.Client.PostAsJsonAsync($"api/orders/{order}/cancel", new CancelOrder(new('x', 501)), Ct))
            Assert.Equal(HttpStatusCode.BadRequest, tooLong.StatusCode);

        Assert.Equal(["order-placed"], await EventsOfAsync(order));
        using (var taken = await shop.Client.PostAsJsonAsync($"api/orders/{order}/cancel", new CancelOrder(new('x', 500)), Ct))
            Assert.Equal(HttpStatusCode.OK, taken.StatusCode);

        Assert.Equal(["order-placed", "order-cancelled"], await EventsOfAsync(order));
    }

    [Theory]
    [InlineData("shop.example.org", HttpStatusCode.BadRequest)]
    [InlineData("localhost.example.org", HttpStatusCode.BadRequest)]
    [InlineData("192.0.2.1", HttpStatusCode.BadRequest)]
    [InlineData("localhost", HttpStatusCode.OK)]
    [InlineData("127.0.0.1:80", HttpStatusCode.OK)]
    public async Task A_foreign_Host_header_is_refused_by_pages_and_by_the_API(string host, HttpStatusCode expected)
    {
        foreach (var path in (string[])["", "shop.js", "api/products", "api/shop"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Host = host;
            using var answer = await shop.Client.SendAsync(request, Ct);
            Assert.Equal((path, expected), (path, answer.StatusCode));
        }
    }

    /// <param name="name">The customer's name, as it is between the quotes of JSON.</param>
    private Task<HttpResponseMessage> PlaceAsync(string name) => shop.Client.PostAsync(
        "api/orders",
        new StringContent(
            $$"""{"customer":{"name":"{{name}}","email":"ada@example.com"},"lines":[{"sku":"tea-assam","quantity":2}]}""",
            Encoding.UTF8, "application/json"),
        Ct);

    private async Task<Guid> PlacedAsync(string name)
    {
        using var answer = await PlaceAsync(name);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("orderId").GetGuid();
    }

    private async Task<string[]> EventsOfAsync(Guid order)
        => [.. (await OrderAsync(order)).GetProperty("events").EnumerateArray().Select(it => it.GetProperty("eventType").GetString()!)];

    /// <summary>The e-mail about a placed order, which a subscriber writes in its own time.</summary>
    private async Task<string> EmailOfAsync(Guid order)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (true)
        {
            if ((await OrderAsync(order)).GetProperty("emails").EnumerateArray().ToArray() is [var email, ..])
                return email.GetString()!;

            await looks.WaitForNextTickAsync(patience.Token);
        }
    }

    private Task<JsonElement> OrderAsync(Guid order) => shop.Client.GetFromJsonAsync<JsonElement>($"api/orders/{order}", Ct);
}
