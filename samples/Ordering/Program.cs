using EventStore.EF;
using Ordering;
using Ordering.Demo;
using Ordering.Orders;
using Ordering.Page;

if (Settings.Read(args) is not { } settings)
    return 2;

try
{
    return settings.Demo is { } orders
        ? await DemoRun.RunAsync(settings, orders)
        : await ServeAsync();
}
catch (Exception exception) when (exception is EventStoreException or IOException or ArgumentException)
{
    // A database that can't be reached, a port that is taken, a malformed connection string: the message says it all.
    await Console.Error.WriteLineAsync(exception.Message);
    return 1;
}

async Task<int> ServeAsync()
{
    var builder = WebApplication.CreateBuilder(args);
    if (string.IsNullOrEmpty(builder.Configuration["urls"]))
        builder.WebHost.UseUrls("http://localhost:5080");

    // Finds the page when the program runs from its build folder, too; otherwise only development does.
    builder.WebHost.UseStaticWebAssets();
    builder.Services.AddShop(settings);
    builder.Services.AddProblemDetails().AddExceptionHandler<ProblemHandler>();
    builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);

    await using var app = builder.Build();
    app.UseExceptionHandler();
    app.UseDefaultFiles();
    app.UseStaticFiles();
    app.MapOrders();
    app.MapPage();
    app.Lifetime.ApplicationStarted.Register(() => Console.WriteLine(
        $"""

        The shop is open at {string.Join(", ", app.Urls)} and keeps its orders in {settings.Database}.
        Place an order there, stop this program in the middle (Ctrl+C, or kill it) and start it again: nothing is lost.
        With --demo 1000 a crowd of customers comes; with --postgres "<connection string>" it runs on PostgreSQL.

        """));
    await app.RunAsync();
    return 0;
}
