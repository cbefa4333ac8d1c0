using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Ordering.Mail;

namespace Ordering.Projection;

/// <summary>
/// Creates the shop's own tables before anything starts. (EnsureCreated would not: the database has tables already, the store's.
/// An application that lives longer than a sample has migrations instead.)
/// </summary>
internal sealed class ShopTables(IServiceScopeFactory scopes, Mailbox mailbox, Settings settings, IHostEnvironment environment) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var shop = scope.ServiceProvider.GetRequiredService<ShopDbContext>();
        if (!await ExistAsync(shop, cancellationToken))
            await CreateAsync(shop, cancellationToken);

        var row = await shop.Shop.SingleAsync(cancellationToken);
        mailbox.Open(Path.Combine(environment.ContentRootPath, "mailbox", row.Mailbox));
    }

    /// <summary>Tables and the shop's row in one transaction: a crash in between leaves neither.</summary>
    private async Task CreateAsync(ShopDbContext shop, CancellationToken ct)
    {
        try
        {
            await using var transaction = await shop.Database.BeginTransactionAsync(ct);
            await shop.GetService<IRelationalDatabaseCreator>().CreateTablesAsync(ct);
            shop.Add(new ShopRow { Id = 1, Mailbox = $"{settings.DatabaseName}-{Guid.NewGuid().ToString("N")[..6]}" });
            await shop.SaveChangesAsync(ct);
            await transaction.CommitAsync(ct);
        }
        catch (DbException) when (!ct.IsCancellationRequested)
        {
            // Another process that starts at the same moment may have been faster.
            if (!await ExistAsync(shop, ct))
                throw;
        }
    }

    private static async Task<bool> ExistAsync(ShopDbContext shop, CancellationToken ct)
    {
        var tables = shop.Database.IsSqlite()
            ? shop.Database.SqlQuery<string>($"SELECT name AS \"Value\" FROM sqlite_master WHERE type = 'table'")
            : shop.Database.SqlQuery<string>($"SELECT tablename AS \"Value\" FROM pg_tables WHERE schemaname = current_schema()");
        return await tables.AnyAsync(name => name == "shop", ct);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
