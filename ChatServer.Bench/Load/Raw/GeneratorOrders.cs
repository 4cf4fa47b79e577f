namespace ChatServer.Bench.Load.Raw;

/// <summary>Does what a generator is told, on the driver's thread, and answers when it is done.</summary>
internal sealed class GeneratorOrders(RawDriver driver, Action<GeneratorAnswer> say)
{
    public void Say(GeneratorAnswer answer) => say(answer);

    public void Take(GeneratorOrder order)
    {
        switch (order.Verb)
        {
            case GeneratorVerb.Connect: Begin(order, new ConnectWork(driver, order.From..order.To, order.Concurrent)); break;
            case GeneratorVerb.Leave: Begin(order, new LeaveWork(driver, order.From, order.To)); break;
            case GeneratorVerb.SendClosed: Done(order, () => driver.SendClosed(order.From, order.To)); break;
            case GeneratorVerb.SendRate: Done(order, () => driver.SendRate(order.Rate, order.From, order.To, order.At)); break;
            case GeneratorVerb.SendCount: SendCount(order); break;
            case GeneratorVerb.Login: Begin(order, new LoginWork(driver, order.Concurrent, order.Seconds)); break;
            case GeneratorVerb.Storm: Storm(order); break;
            case GeneratorVerb.Day: Begin(order, new DayWork(driver, order)); break;
            case GeneratorVerb.Slow: Done(order, () => Slow(order.Bytes)); break;
            case GeneratorVerb.Drain: Begin(order, new DrainWork(driver, answersOnly: false)); break;
            case GeneratorVerb.Sample: say(new GeneratorAnswer { Id = order.Id, Sample = Sample() }); break;
            case GeneratorVerb.NoteKilled: Done(order, () => driver.Recorder?.Killed()); break;
            case GeneratorVerb.NoteStarted: Done(order, () => driver.Recorder?.Started()); break;
            case GeneratorVerb.Judge: say(new GeneratorAnswer { Id = order.Id, Verdict = driver.Verifier.Judge(), HistoryVerdict = driver.Recorder?.Judge(), Failures = driver.Failures }); break;
            case GeneratorVerb.End: driver.End(); break;
            default: say(new GeneratorAnswer { Id = order.Id, Problem = $"{order.Verb} is no order" }); break;
        }
    }

    private void Begin(GeneratorOrder order, IDriverWork work) => driver.Begin(work, problem => say(new GeneratorAnswer { Id = order.Id, Problem = problem }));

    private void Done(GeneratorOrder order, Action act)
    {
        act();
        say(new GeneratorAnswer { Id = order.Id });
    }

    private void SendCount(GeneratorOrder order)
    {
        for (var i = order.From; i < order.To; i++)
        {
            driver.Clients[i].Chat.Quota = RawFleet.Share(order.Count, i - order.From, order.To - order.From);
            driver.Clients[i].Chat.SendWhatMay();
        }

        Begin(order, new DrainWork(driver, answersOnly: true));
    }

    private void Storm(GeneratorOrder order)
    {
        var broke = driver.Now;
        for (var i = order.From; i < order.To; i++) driver.Clients[i].Close(reset: true);
        Begin(order, new ConnectWork(driver, order.From..order.To, order.Concurrent, broke));
    }

    private void Slow(int bytesPerSecond)
    {
        for (var i = 0; i < driver.Clients.Length; i++)
        {
            if (!driver.Plan.IsSlow(i)) continue;
            if (bytesPerSecond < 0) driver.Clients[i].ReadAll();
            else driver.Clients[i].Slow(bytesPerSecond);
        }
    }

    private GeneratorSample Sample()
    {
        var (verifier, measures) = (driver.Verifier, driver.Measures);
        return new GeneratorSample
        {
            Connected = driver.Connected,
            Sent = verifier.Sent,
            Acknowledged = verifier.Acknowledged,
            Received = verifier.Received,
            Open = verifier.Open,
            Owed = verifier.Owed,
            Refused = verifier.Refused,
            Resent = measures.Resent,
            AnsweredDuplicate = measures.AnsweredDuplicate,
            Logins = measures.Logins,
            TokenLogins = measures.TokenLogins,
            LostConnections = measures.LostConnections,
            Postponed = measures.Postponed,
            Errors = verifier.Faults + verifier.Refused + driver.FailureCount,
            CpuSeconds = Environment.CpuUsage.TotalTime.TotalSeconds,
            EndToEnd = Latencies.Take(measures.EndToEnd),
            Acknowledgement = Latencies.Take(measures.Acknowledgement),
            Login = Latencies.Take(measures.Login),
        };
    }
}
