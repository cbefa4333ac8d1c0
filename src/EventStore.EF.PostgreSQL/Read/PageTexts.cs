namespace EventStore.EF.PostgreSQL.Read;

/// <summary>The SQL of a page's statement for each direction and form.</summary>
internal sealed class PageTexts(SchemaName schema, Func<ReadDirection, PageForm, string> sql)
{
    private readonly string[] _texts =
    [
        schema.In(sql(ReadDirection.Forward, PageForm.Plain)), schema.In(sql(ReadDirection.Forward, PageForm.Counted)),
        schema.In(sql(ReadDirection.Backward, PageForm.Plain)), schema.In(sql(ReadDirection.Backward, PageForm.Counted)),
    ];

    public string Of(ReadDirection direction, PageForm form) => _texts[(2 * (int)direction) + (int)form];

    /// <summary>Chooses the plain form if events that aren't large can't exceed the page's bytes.</summary>
    /// <param name="expectsLarge">Whether the previous page had large events.</param>
    /// <param name="count">The most events in the page.</param>
    /// <param name="bytes">The most bytes in the page.</param>
    public static PageForm Form(bool expectsLarge, int count, long bytes)
        => expectsLarge || count * (long)PageStatements.Large > bytes ? PageForm.Counted : PageForm.Plain;
}
