import LimbLearning
import Testing

@Suite("Credit")
struct UpdateCreditTests {
  func credit() -> UpdateCredit {
    var h = Hyperparameters(inputWidth: 1, actionCount: 1, seed: 0)
    h.updatesPerStep = 4
    h.warmUpSteps = 100
    h.backlogLimitUpdates = 40
    return UpdateCredit(h)
  }

  @Test("is earned by stored steps after the warm-up, and only once")
  func earning() {
    var c = credit()
    c.earn(storedSteps: 100)
    #expect(c.owed == 0)
    c.earn(storedSteps: 103)
    #expect(c.owed == 12)
    c.earn(storedSteps: 103)
    c.earn(storedSteps: 90)
    #expect(c.owed == 12)
    #expect(c.storedSteps == 103)
  }

  @Test("counts only the part of a jump that lies after the warm-up")
  func jump() {
    var c = credit()
    c.earn(storedSteps: 95)
    c.earn(storedSteps: 105)
    #expect(c.owed == 20)
  }

  @Test("goes on from a store that has lost steps, and is owed for them no second time")
  func comesBack() {
    var learner = Learner(smallHyperparameters(), identity: testIdentity)
    learner.takeUpDebt(storedSteps: 500)
    let owed = learner.credit.owed
    #expect(learner.comeBack(toStoredSteps: 600) == 0 && learner.credit.storedSteps == 500)
    #expect(learner.comeBack(toStoredSteps: 120) == 380)
    #expect(learner.credit.storedSteps == 120 && learner.credit.owed == owed)
    learner.takeUpDebt(storedSteps: 120)
    #expect(learner.credit.owed == owed)
    learner.takeUpDebt(storedSteps: 130)
    #expect(learner.credit.owed == owed + 10 * learner.credit.updatesPerStep)
  }

  @Test("beyond the limit is dropped and counted, and steps are never forgotten")
  func limit() {
    var c = credit()
    c.earn(storedSteps: 109)
    c.earn(storedSteps: 113)
    #expect(c.owed == 40)
    #expect(c.dropped == 12)
    var spent = 0
    while c.spend() { spent += 1 }
    #expect(spent == 40)
    c.earn(storedSteps: 114)
    #expect(c.owed == 4)
    #expect(c.dropped == 12)
  }

  @Test("the debt at start is beyond the limit and still owed")
  func debt() {
    var c = credit()
    c.takeUpDebt(storedSteps: 300)
    #expect(c.owed == 800)
    #expect(c.dropped == 0)
    c.earn(storedSteps: 301)
    #expect(c.owed == 800)
    #expect(c.dropped == 4)
  }
}
