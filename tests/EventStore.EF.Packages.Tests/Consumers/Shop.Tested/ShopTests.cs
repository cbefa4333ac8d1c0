using EventStore.EF;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Shop;
using Shop.Domain;
using Xunit;

namespace Shop.Tested;

public sealed class ShopTests
{
    [Fact]
    public async Task A_letter_is_written_for_an_order()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddShop("Data Source=shop.db");
        using var app = builder.Build();
        await app.StartAsync();
        var events = app.Services.GetRequiredService<IEventStore>();
        await events.AppendAsync("order-1", ExpectedVersion.Any, new OrderPlaced("Ada", 12.50m));

        var letter = await app.Services.GetRequiredService<Letters>().First.Task.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(new OrderPlaced("Ada", 12.50m), letter);
        await app.StopAsync();

        // This is not the process that its author has in mind: the entry assembly is the test host.
        Assert.Equal("testhost", System.Reflection.Assembly.GetEntryAssembly()?.GetName().Name);
    }
}
