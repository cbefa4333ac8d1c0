namespace EventStore.EF.PostgreSQL;

/// <summary>The texts of a page's statement, of each direction and form.</summary>
internal sealed class PageTexts(SchemaName schema, Func<ReadDirection, PageForm, string> sql)
{
    private readonly string[] _texts =
    [
        schema.In(sql(ReadDirection.Forward, PageForm.Plain)), schema.In(sql(ReadDirection.Forward, PageForm.Counted)),
        schema.In(sql(ReadDirection.Backward, PageForm.Plain)), schema.In(sql(ReadDirection.Backward, PageForm.Counted)),
    ];

    public string Of(ReadDirection direction, PageForm form) => _texts[(2 * (int)direction) + (int)form];

    /// <summary>The plain form where no page of events that aren't large can have too many bytes.</summary>
    /// <param name="expectsLarge">Whether the page before had large events.</param>
    /// <param name="count">The most events of the page.</param>
    /// <param name="bytes">The most bytes of the page.</param>
    public static PageForm Form(bool expectsLarge, int count, long bytes)
        => expectsLarge || count * (long)PageStatements.Large > bytes ? PageForm.Counted : PageForm.Plain;
}
